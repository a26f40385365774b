#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# assemble.sh ROOT HOSTNAME COMMAND...
# Turns ROOT into the whole world of this (already unshared) process and executes COMMAND in it.
#   LOWER, UPPER, WORK   overlay directories to mount on ROOT; without them ROOT is used as it is
#   SEED                 a tar file unpacked over ROOT once: when it is there, and then removed
#   ARCHIVES             a host directory mounted as apt's package cache
set -eu
here=$(dirname "$0")
root=$1 name=$2
shift 2

if [ -n "${LOWER-}" ]; then
    mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK" "$root"
else
    mount --bind "$root" "$root"
fi
if [ -n "${SEED-}" ] && [ -f "$SEED" ]; then
    tar --extract --file "$SEED" --directory "$root" --no-overwrite-dir --numeric-owner
    rm "$SEED"
fi
cd "$root"

mount -t tmpfs -o mode=755,size=64m run run
mkdir -p run/lock run/sshd run/old
cp "$here/init.sh" run/estate-init

mount -t tmpfs -o mode=1777 tmp tmp

mount -t tmpfs -o mode=755,size=1m dev dev
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 dev/tty c 5 0
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for stream in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${stream#*:}" "dev/${stream%:*}"; done

# The kernel is the host's: a node may look at it, not turn its knobs. Each start has a boot id of its own.
mount -t sysfs -o ro sysfs sys
mount -t proc proc proc
cat /proc/sys/kernel/random/uuid > run/estate-boot-id
for knobs in proc/sys proc/sysrq-trigger; do
    [ -e "$knobs" ] || continue
    mount --bind "$knobs" "$knobs"
    mount -o remount,bind,ro "$knobs"
done
mount --bind run/estate-boot-id proc/sys/kernel/random/boot_id

if [ -n "${ARCHIVES-}" ]; then
    mount --bind "$ARCHIVES" var/cache/apt/archives
fi

hostname "$name"
pivot_root . run/old
cd /
umount -l /run/old
rmdir /run/old
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@" < /dev/null
