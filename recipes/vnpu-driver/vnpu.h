/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual accelerator's driver: what its files share.
 */
#ifndef _VNPU_H_
#define _VNPU_H_

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "vnpu_accel.h"

/* Registers of region 0; docs/virtual-npu.md has the table. */
#define VNPU_IDENTIFICATION 0x00
#define VNPU_VERSION 0x04
#define VNPU_CONTROL 0x08
#define VNPU_STATUS 0x0c
#define VNPU_FIRMWARE_ADDRESS 0x10
#define VNPU_FIRMWARE_SIZE 0x18
#define VNPU_FIRMWARE_LOAD 0x1c
#define VNPU_FIRMWARE_STATUS 0x20
#define VNPU_FIRMWARE_VERSION 0x24
#define VNPU_RING_ADDRESS 0x30
#define VNPU_RING_ORDER 0x38
#define VNPU_RING_TAIL 0x40
#define VNPU_RECORDS_ADDRESS 0x48
#define VNPU_INTERRUPT_STATUS 0x50
#define VNPU_INTERRUPT_ENABLE 0x54
#define VNPU_ERROR_STATUS 0x60
#define VNPU_ERROR_ADDRESS 0x68
#define VNPU_JOBS 0x80
#define VNPU_COMMANDS 0x88
#define VNPU_PRODUCTS 0x90
#define VNPU_BYTES_READ 0x98
#define VNPU_BYTES_WRITTEN 0xa0
#define VNPU_CYCLES 0xa8
#define VNPU_CLOCK_HERTZ 0xb0

#define VNPU_ID 0x55504e56
#define VNPU_HARDWARE_MAJOR 1
#define VNPU_CONTROL_RUN BIT(0)
#define VNPU_CONTROL_RESET BIT(1)
#define VNPU_STATUS_HALTED BIT(3)
#define VNPU_INTERRUPT_JOB BIT(0)
#define VNPU_INTERRUPT_ERROR BIT(1)
#define VNPU_INTERRUPT_FIRMWARE BIT(2)
#define VNPU_FIRMWARE_RUNS 1

/* Of jobs that do not say otherwise. */
#define VNPU_USUAL_TIMEOUT_MS 10000
#define VNPU_RING_BITS 6
#define VNPU_RING_ENTRIES BIT(VNPU_RING_BITS)

struct vnpu_descriptor {
	__le32 kind;
	__le32 reserved;
	__le64 commands;
	__le32 command_count;
	__le32 buffer_count;
	__le64 buffers;
	__le64 fence;
	__le64 zero[3];
};

struct vnpu_table_entry {
	__le64 address;
	__le64 length;
	__le32 writable;
	__le32 zero[3];
};

struct vnpu_record {
	__le64 fence;
	__le32 status;
	__le32 command;
	__le64 cycles;
	__le64 products;
};

static_assert(sizeof(struct vnpu_descriptor) == 64);
static_assert(sizeof(struct vnpu_table_entry) == 32);
static_assert(sizeof(struct vnpu_record) == 32);

/**
 * struct vnpu_device - one accelerator
 */
struct vnpu_device {
	struct drm_device drm;
	void __iomem *regs;

	/** @lock: ring, jobs on it, state; never held while waiting for a job */
	struct mutex lock;
	struct vnpu_descriptor *ring;
	dma_addr_t ring_dma;
	struct vnpu_record *records;
	dma_addr_t records_dma;
	/** @jobs: those on the ring, by their entry */
	struct vnpu_job *jobs[VNPU_RING_ENTRIES];
	/** @head: the entry of the job that ends next; @tail: the next free one */
	u32 head, tail;
	u64 fences;
	/** @is_gone: reads give ones, or the device is removed */
	bool is_gone;
	/** @is_up: firmware runs, and the ring is on */
	bool is_up;

	/** @room: woken when an entry becomes free */
	wait_queue_head_t room;
	struct completion firmware_done;
	struct delayed_work watchdog;

	void *firmware;
	dma_addr_t firmware_dma;
	size_t firmware_size;
	u32 firmware_version;

	/** @pending: jobs on the ring */
	atomic_t pending;
	/** @bos: buffers that have memory */
	struct list_head bos;
	/** @bos_lock: @bos, and what memory a buffer has */
	struct mutex bos_lock;
	/** @resets, @lost: how often the device hung, and an interrupt was lost */
	atomic_t resets, lost;
};

/**
 * struct vnpu_client - an open file
 */
struct vnpu_client {
	struct vnpu_device *vnpu;
	/** @jobs: submitted and not yet waited for, by their number */
	struct xarray jobs;
	u32 next_job;
	atomic64_t done, cycles, products;
};

/**
 * struct vnpu_bo - a buffer at one bus address
 */
struct vnpu_bo {
	struct drm_gem_object base;
	struct list_head link;
	/** @pages: one segment for the device; NULL once the device is removed */
	struct sg_table *pages;
};

/**
 * struct vnpu_job - from submission until nobody knows it any more
 */
struct vnpu_job {
	struct kref refs;
	struct vnpu_device *vnpu;
	/** @client: whose counters grow; valid while @is_counted */
	struct vnpu_client *client;
	u64 fence;
	u32 timeout_ms;
	unsigned long started;
	struct completion done;
	u32 status, command;
	u64 cycles, products;

	/** @memory: table of buffers, and commands behind it; with the buffers themselves, until the job ended */
	void *memory;
	dma_addr_t dma;
	size_t size, table_size;
	u32 command_count, buffer_count;
	struct drm_gem_object **bos;
};

#define to_vnpu(d) container_of(d, struct vnpu_device, drm)
#define to_vnpu_bo(o) container_of(o, struct vnpu_bo, base)

u64 vnpu_read_pair(struct vnpu_device *vnpu, u32 offset);
void vnpu_write_pair(struct vnpu_device *vnpu, u32 offset, u64 value);
int vnpu_start(struct vnpu_device *vnpu);
void vnpu_stop(struct vnpu_device *vnpu);

int vnpu_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file);
void vnpu_bos_free_memory(struct vnpu_device *vnpu);

int vnpu_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file);
int vnpu_ioctl_wait(struct drm_device *drm, void *data, struct drm_file *file);
void vnpu_jobs_init(struct vnpu_device *vnpu);
void vnpu_jobs_finish(struct vnpu_device *vnpu);
void vnpu_jobs_end_all(struct vnpu_device *vnpu, u32 status);
void vnpu_jobs_forget(struct vnpu_client *client);
bool vnpu_jobs_are_idle(struct vnpu_device *vnpu);
bool vnpu_jobs_wait_idle(struct vnpu_device *vnpu, unsigned long limit);

#endif
