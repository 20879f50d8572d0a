"""silero_vad.py OUT: the network that finds speech, out of Silero's wheel (silero_vad.txt), as it is."""

import shutil
import sys
import sysconfig
from pathlib import Path

# Read where it lies: importing the package would want torch.
shutil.copyfile(Path(sysconfig.get_path("purelib")) / "silero_vad" / "data" / "silero_vad_openvino_16k.onnx", sys.argv[1])
