"""What stands where a face was: inpainting, blur, mosaic or a solid colour, in the picture's own planes."""
