"""From a PyTorch checkpoint to an ONNX file with a contract."""
