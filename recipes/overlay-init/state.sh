# Tells who logs in what is unusual about where things are written.
[ ! -s /sysroot/state/notice ] || cat /sysroot/state/notice
