/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What programs ask of the virtual accelerator's driver, on /dev/accel/accelN.
 */
#ifndef _UAPI_VNPU_ACCEL_H_
#define _UAPI_VNPU_ACCEL_H_

#include <drm/drm.h>

#if defined(__cplusplus)
extern "C" {
#endif

/* Version of this interface; the driver tells its own by the driver's version. */
#define VNPU_UAPI_MAJOR 1
#define VNPU_UAPI_MINOR 0

#define DRM_VNPU_GET_PARAM 0x00
#define DRM_VNPU_BO_CREATE 0x01
#define DRM_VNPU_SUBMIT 0x02
#define DRM_VNPU_WAIT 0x03

/* Bytes of a command; the device's data sheet has what is in it. */
#define VNPU_COMMAND_SIZE 128
/* Of one job. */
#define VNPU_MOST_COMMANDS 4096
#define VNPU_MOST_BUFFERS 256
#define VNPU_MOST_MS 600000
/* Of one buffer. */
#define VNPU_MOST_BYTES (64ULL << 20)

enum vnpu_param {
	VNPU_PARAM_HARDWARE_VERSION = 0,
	VNPU_PARAM_FIRMWARE_VERSION = 1,
	VNPU_PARAM_CLOCK_HERTZ = 2,
	/* Of all clients, since the device was reset last. */
	VNPU_PARAM_JOBS = 3,
	VNPU_PARAM_COMMANDS = 4,
	VNPU_PARAM_PRODUCTS = 5,
	VNPU_PARAM_BYTES_READ = 6,
	VNPU_PARAM_BYTES_WRITTEN = 7,
	VNPU_PARAM_CYCLES = 8,
};

/**
 * struct vnpu_get_param - reads a number of the device
 */
struct vnpu_get_param {
	/** @param: one of &enum vnpu_param */
	__u32 param;
	/** @pad: 0 */
	__u32 pad;
	/** @value: out */
	__u64 value;
};

/**
 * struct vnpu_bo_create - makes a buffer, of zeros
 */
struct vnpu_bo_create {
	/** @size: in: its bytes, up to VNPU_MOST_BYTES */
	__u64 size;
	/** @mmap_offset: out: what to give to mmap() on the device's file */
	__u64 mmap_offset;
	/** @handle: out: names the buffer, for this client alone */
	__u32 handle;
	/** @pad: 0 */
	__u32 pad;
};

/* The device may write to the buffer. */
#define VNPU_BUFFER_WRITE 1

/**
 * struct vnpu_buffer - a buffer of a job; commands name it by its place
 */
struct vnpu_buffer {
	/** @handle: of the client's own */
	__u32 handle;
	/** @flags: VNPU_BUFFER_WRITE or 0 */
	__u32 flags;
};

/**
 * struct vnpu_submit - hands a job to the device
 *
 * Commands are copied, so they may be changed when the call returns. Jobs of
 * all clients run in the order of their calls.
 */
struct vnpu_submit {
	/** @commands: address of @command_count commands */
	__u64 commands;
	/** @buffers: address of @buffer_count &struct vnpu_buffer */
	__u64 buffers;
	/** @command_count: 1 to VNPU_MOST_COMMANDS */
	__u32 command_count;
	/** @buffer_count: 0 to VNPU_MOST_BUFFERS */
	__u32 buffer_count;
	/** @timeout_ms: how long the device may work on it, up to VNPU_MOST_MS; 0: 10 s */
	__u32 timeout_ms;
	/** @pad: 0 */
	__u32 pad;
	/** @job: out: names the job, for this client alone */
	__u64 job;
};

/* As the device's data sheet numbers them, and two of the driver's own. */
enum vnpu_status {
	VNPU_STATUS_DONE = 1,
	VNPU_STATUS_BAD_DESCRIPTOR = 2,
	VNPU_STATUS_BAD_COMMAND = 3,
	VNPU_STATUS_UNKNOWN_OPERATION = 4,
	VNPU_STATUS_OUT_OF_BUFFER = 5,
	VNPU_STATUS_MEMORY_FAULT = 6,
	VNPU_STATUS_ABORTED = 7,
	/* It took longer than it may, and the device was reset. */
	VNPU_STATUS_TIMEOUT = 0x100,
	/* The device is gone. */
	VNPU_STATUS_GONE = 0x101,
};

/**
 * struct vnpu_wait - waits for the end of a job, once
 *
 * -ETIME when it has not ended in time (it may be waited for again), -ENOENT
 * when there is no such job (any more).
 */
struct vnpu_wait {
	/** @job: in: from &struct vnpu_submit */
	__u64 job;
	/** @timeout_ns: in: how long to wait; negative: as long as it takes */
	__s64 timeout_ns;
	/** @status: out: one of &enum vnpu_status */
	__u32 status;
	/** @command: out: the command at which it ended */
	__u32 command;
	/** @cycles: out: of the nominal clock */
	__u64 cycles;
	/** @products: out: multiplications with an addition */
	__u64 products;
};

#define DRM_IOCTL_VNPU_GET_PARAM \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_GET_PARAM, struct vnpu_get_param)
#define DRM_IOCTL_VNPU_BO_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_BO_CREATE, struct vnpu_bo_create)
#define DRM_IOCTL_VNPU_SUBMIT \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_SUBMIT, struct vnpu_submit)
#define DRM_IOCTL_VNPU_WAIT \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_WAIT, struct vnpu_wait)

#if defined(__cplusplus)
}
#endif

#endif
