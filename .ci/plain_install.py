"""Check a plain `pip install .`: the mirror trains, the command converts, tf.js agrees, no noise.

Usage: python plain_install.py PATH_OF_THE_TFJSBRIDGE_COMMAND
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = """
import sys

import tfjsbridge as tf

folder = sys.argv[1]
model = tf.sequential()
model.add(tf.layers.dense(inputShape=[2], units=3, activation="relu"))
model.add(tf.layers.dense({"units": 1}))
model.compile(optimizer="adam", loss="meanSquaredError")
model.fit([[0, 1], [1, 0]], [[1], [0]], epochs=20, verbose=0)
model.save("file://" + folder + "/saved")
tf.loadLayersModel(folder + "/saved").predict([[0, 1]])
model.keras.save(folder + "/model.keras")
print("trained")
"""


def run(*command: str, directory: str) -> str:
    """What a command printed, on both streams; an error if it failed."""
    done = subprocess.run(
        command, cwd=directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    print(done.stdout, end="")
    if done.returncode:
        sys.exit(f"failed: {' '.join(command)[:200]}")
    return done.stdout


command = sys.argv[1]
# Not in the source tree, so that what is imported is what was installed.
with tempfile.TemporaryDirectory() as folder:
    printed = run(sys.executable, "-c", PROGRAM, folder, directory=folder)
    if printed != "trained\n":
        sys.exit("training and saving printed something of its own")
    run(command, "convert", "model.keras", "converted", directory=folder)
    if not Path(folder, "converted", "model.json").exists():
        sys.exit("nothing was converted")
    run(command, "verify", "converted", "--model", "model.keras", directory=folder)
