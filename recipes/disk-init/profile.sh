# Tells who logs in what is unusual about the disk.
[ ! -s /run/disk-init/notice ] || cat /run/disk-init/notice
