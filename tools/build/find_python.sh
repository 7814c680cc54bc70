#!/bin/sh
# Print the path of a Python that can make our environment, or say in one sentence what is missing.
#
# A name alone proves nothing (a pyenv shim may stand there for a version that is not installed;
# Debian's python3 comes without ensurepip), so every candidate is asked.

too_old='' without_venv=''

if [ -n "$PYTHON" ]; then
    set -- "$PYTHON" # one path, which may have spaces in it
else
    set -- python3.13 python3.12 python3.11 python3.14 python3 python
fi

for name in "$@"; do
    path=$(command -v "$name" 2>/dev/null) || continue
    version=$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        too_old="$path ($version)"
    elif ! "$path" -c 'import ensurepip, venv' 2>/dev/null; then
        without_venv="$path ($version)" needs="python$version-venv"
    else
        echo "$path"
        exit 0
    fi
done

if [ -n "$without_venv" ]; then
    echo "The Python found, $without_venv, has no venv module: install it (on Debian and Ubuntu:" \
        "apt-get install $needs) and run make again." >&2
elif [ -n "$too_old" ]; then
    echo "The newest Python found, $too_old, is too old: install Python 3.11, 3.12 or 3.13," \
        "or point to one with make PYTHON=/path/to/python3, and run make again." >&2
elif [ -n "$PYTHON" ]; then
    echo "PYTHON=$PYTHON is not a Python that runs here: give the path of Python 3.11, 3.12 or 3.13." >&2
else
    echo "No Python was found: install Python 3.11, 3.12 or 3.13 (on Debian and Ubuntu:" \
        "apt-get install python3 python3-venv) and run make again." >&2
fi
exit 1
