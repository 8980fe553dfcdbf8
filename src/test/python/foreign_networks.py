"""Networks as other people have them, with random weights, and what PyTorch itself makes of images.

Usage: foreign_networks.py FOLDER IMAGE...
Writes into FOLDER: resnet18.pth and resnet18-old.pth (torchvision's, in both forms of torch.save),
vit.pt (torchvision's VisionTransformer, traced), and for each of resnet18 and vit NAME.f32, the
images' embeddings one after the other, by torchvision's own preprocessing on Pillow.
"""
import sys

import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode


def shaken(network):
    """Batch norms that do something, and attention that is not uniform."""
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0)
        elif name.endswith("running_mean"):
            tensor.normal_(0.0, 0.3)
        elif tensor.dtype == torch.float32 and tensor.dim() < 2:
            tensor.add_(torch.randn_like(tensor) * 0.2)
    return network.eval()


def embed(network, files, preprocess):
    batch = torch.stack([preprocess(Image.open(file).convert("RGB")) for file in files])
    with torch.no_grad():
        return network(batch)


def main():
    folder, *files = sys.argv[1:]
    torch.set_num_threads(2)
    torch.manual_seed(7)
    resnet = shaken(torchvision.models.resnet18())
    torch.save(resnet.state_dict(), folder + "/resnet18.pth")
    torch.save(
        resnet.state_dict(), folder + "/resnet18-old.pth", _use_new_zipfile_serialization=False
    )
    resnet.fc = torch.nn.Identity()
    usual = transforms.Compose(
        [
            transforms.Resize((256, 256)),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    embed(resnet, files, usual).numpy().tofile(folder + "/resnet18.f32")

    vit = torchvision.models.VisionTransformer(
        image_size=192, patch_size=32, num_layers=3, num_heads=4, hidden_dim=96, mlp_dim=192
    )
    vit.heads = torch.nn.Identity()
    vit = shaken(vit)
    other = transforms.Compose(
        [
            transforms.Resize(208, interpolation=InterpolationMode.BICUBIC),
            transforms.CenterCrop(192),
            transforms.ToTensor(),
            transforms.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
        ]
    )
    torch.jit.trace(vit, torch.zeros(2, 3, 192, 192), check_trace=False).save(folder + "/vit.pt")
    embed(vit, files, other).numpy().tofile(folder + "/vit.f32")


main()
