#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run ansible-test sanity on a copy of the checkout, since it wants to stand in .../ansible_collections/<namespace>/<name>.
# Arguments go to ansible-test. The newest Python and ansible-core of this machine are used unless one of them is named.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache
if [ -z "${PYTHON:-}${ANSIBLE_CORE:-}" ]; then
    export PYTHON=newest
fi
venv=$(sh "$root/tools/venv.sh" requirements.txt)

copy=$cache/sanity/ansible_collections/openpatch/patch_manager
rm -rf "$copy"
mkdir -p "$copy"
(cd "$root" && tar --create --exclude=./.git --exclude=./.cache --exclude=./.venv --exclude=./.ansible --exclude=__pycache__ .) |
    tar --extract --directory="$copy"
"$venv/bin/python" "$root/tools/amazon_aws.py" "$cache/sanity" # modules and fragments of ours import its
git init --quiet "$copy" # or else ansible-test asks the checkout's git, which ignores .cache

# ansible-test keeps its virtual environments below HOME, fetches the pip for them from a server of its own and gives pip
# no environment. Here HOME is a folder in the cache, pip comes from where pip gets everything else, and the settings in
# the environment become a file.
home=$cache/sanity/home
rm -rf "$home/.pip"
mkdir -p "$home/.ansible/test/cache" "$home/.pip"
for name in .config .netrc; do
    if [ -e "$HOME/$name" ]; then
        ln -sfn "$HOME/$name" "$home/$name"
    fi
done
(
    umask 077
    echo "[global]"
    echo "quiet = 2"
    env | grep '^PIP_' | while IFS='=' read -r name value; do
        echo "$(echo "${name#PIP_}" | tr '[:upper:]_' '[:lower:]-') = $value"
    done
) >"$home/.pip/pip.conf"
version=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
pip=$("$venv/bin/python" - "$version" <<'END'
import sys
from types import SimpleNamespace

from ansible_test._internal.python_requirements import get_venv_packages

print(get_venv_packages(SimpleNamespace(version=sys.argv[1]))["pip"].replace(".", "_"))
END
)
cp "$root/tools/get_pip.py" "$home/.ansible/test/cache/get_pip_$pip.py"

# PowerShell modules are checked with $PWSH, pwsh, or the engine that may lie beside the checkout. That one is no whole
# pwsh, so it gets a script of ours for what ansible-test wants of it, and PSScriptAnalyzer is not to be had.
pwsh=${PWSH:-$(command -v pwsh || true)}
engine=$root/../shared/tools/psrun/psrun
mkdir -p "$home/bin"
if [ -n "$pwsh" ]; then
    ln -sfn "$pwsh" "$home/bin/pwsh"
elif [ -x "$engine" ]; then
    rm -f "$home/bin/pwsh"
    cat >"$home/bin/pwsh" <<END
#!/bin/sh
shift
exec "$engine" -NoProfile -NonInteractive -File "$root/tools/argument_spec.ps1" "\$@"
END
    chmod +x "$home/bin/pwsh"
    set -- --skip-test pslint "$@"
else
    echo "No PowerShell: the modules for Windows are left out. Set PWSH to check them too." >&2
    rm "$copy"/plugins/modules/win_*
fi

cd "$copy"
export HOME="$home" PATH="$home/bin:$venv/bin:$PATH"
exec ansible-test sanity --color no --python "$version" --local --requirements "$@"
