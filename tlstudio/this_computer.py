"""What this computer calculates with, found without loading torch."""

import os
import platform
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

NVIDIA = Path("/proc/driver/nvidia/gpus")
NOISE = ("(R)", "(TM)", "(tm)", " CPU", " Processor")


def name() -> str:
    """The graphics card if the driver names one, else the processor."""
    return _graphics_card() or processor()


@cache
def processor() -> str:
    """What the system calls the processor, without its speed."""
    found = ""
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - only there

        with suppress(OSError):
            path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
                found = str(winreg.QueryValueEx(key, "ProcessorNameString")[0])
    elif sys.platform == "darwin":
        with suppress(OSError, subprocess.SubprocessError):
            asked = ["sysctl", "-n", "machdep.cpu.brand_string"]
            found = subprocess.run(asked, capture_output=True, text=True, timeout=2, check=True).stdout
    else:
        with suppress(OSError):
            for text in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
                if text.startswith("model name"):
                    found = text.partition(":")[2]
                    break
    return _short(found) or platform.machine() or "Processor"


def free_memory() -> int:
    """Bytes that programs could have now."""
    import psutil  # noqa: PLC0415 - the window knows of this long before it asks

    return int(psutil.virtual_memory().available)


def free_disk(folder: Path) -> int | None:
    """Bytes that the folder's disk has left; None if it does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def threads() -> int:
    """How many threads this process may use."""
    return os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(_affinity())


def _affinity() -> range | set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)


def _graphics_card() -> str:
    with suppress(OSError):
        for card in sorted(NVIDIA.iterdir()):
            for text in (card / "information").read_text(errors="replace").splitlines():
                if text.startswith("Model:"):
                    return text.partition(":")[2].strip()
    return ""


def _short(processor: str) -> str:
    for noise in NOISE:
        processor = processor.replace(noise, "")
    return " ".join(processor.partition("@")[0].split())
