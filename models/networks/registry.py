"""Builds the network that a recipe names. Knows nothing of weights."""

from faceerase.configs.training import NetworkRecipe
from faceerase.models.networks.unet import UNet
from faceerase.models.networks.unet_lite import UNetLite

Network = UNet | UNetLite


def build_network(recipe: NetworkRecipe) -> Network:
    """Return a freshly initialised network."""
    if recipe.name == "unet":
        return UNet(recipe.activation)
    return UNetLite(
        recipe.stem, recipe.widths, recipe.encoder_depth, recipe.decoder_depth, recipe.activation, recipe.residual
    )
