#!/usr/bin/env bash
# A WebGPU adapter for machines without a graphics card: SwiftShader, the software Vulkan driver that Chromium ships.
# Prints the settings by which ONNX Runtime finds it:
#
#   eval "$(tools/swiftshader.sh)" && npx vitest run --project onnx webgpu
#
# Its three files come from an installed Chromium, else from Debian's package, which is unpacked and not installed. They
# lie in the user's cache folder, alone: what stands on LD_LIBRARY_PATH is seen by every program.
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/palaver-swiftshader"
files=(libvk_swiftshader.so vk_swiftshader_icd.json libvulkan.so.1)

complete() {
  for file in "${files[@]}"; do [[ -s "$1/$file" ]] || return 1; done
}

fetch() {
  local scratch
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' RETURN
  # apt downloads as a user of its own where it can, which needs the folder open to it.
  chmod 755 "$scratch"
  (cd "$scratch" && { apt-get -qq download chromium-common || { apt-get -qq update && apt-get -qq download chromium-common; }; }) >&2
  dpkg-deb -x "$scratch"/chromium-common_*.deb "$scratch"
  copy "$scratch/usr/lib/chromium"
}

copy() {
  mkdir -p "$cache"
  for file in "${files[@]}"; do cp "$1/$file" "$cache/$file"; done
}

if ! complete "$cache"; then
  if complete /usr/lib/chromium; then
    copy /usr/lib/chromium
  elif command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    fetch
  else
    echo "swiftshader: neither Chromium nor apt-get is here" >&2
    exit 1
  fi
fi

# Vulkan's loader wants a private folder for sockets, even where it opens none.
runtime="${XDG_RUNTIME_DIR:-$cache/run}"
mkdir -p -m 700 "$runtime"

printf 'export VK_ICD_FILENAMES=%q\n' "$cache/vk_swiftshader_icd.json"
printf 'export VK_DRIVER_FILES=%q\n' "$cache/vk_swiftshader_icd.json"
printf 'export XDG_RUNTIME_DIR=%q\n' "$runtime"
printf 'export LD_LIBRARY_PATH=%q\n' "$cache${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
