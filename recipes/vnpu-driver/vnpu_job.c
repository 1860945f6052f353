// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs of the virtual accelerator: from a client's call to the ring, and back by completion records.
 *
 * The device reaches only the buffers of a job's table, which holds the client's own, so commands are handed on as they
 * come. A job that takes too long is ended with a reset; those behind it are put on the ring again.
 */
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/overflow.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_drv.h>
#include <drm/drm_print.h>

#include "vnpu.h"

/* When it ended, or never began: who waits for it later asks how it ended, and for nothing else. */
static void vnpu_job_free_memory(struct vnpu_job *job)
{
	u32 i;

	for (i = 0; i < job->buffer_count; i++)
		if (job->bos[i])
			drm_gem_object_put(job->bos[i]);
	kvfree(job->bos);
	job->bos = NULL;
	job->buffer_count = 0;
	if (job->memory)
		dma_free_coherent(job->vnpu->drm.dev, job->size, job->memory, job->dma);
	job->memory = NULL;
}

static void vnpu_job_release(struct kref *refs)
{
	kfree(container_of(refs, struct vnpu_job, refs));
}

static void vnpu_job_put(struct vnpu_job *job)
{
	kref_put(&job->refs, vnpu_job_release);
}

/* Copies what the client gave; buffers are looked up among its own handles. */
static int vnpu_job_fill(struct vnpu_job *job, struct vnpu_submit *args, struct drm_file *file)
{
	const struct vnpu_buffer __user *buffers = u64_to_user_ptr(args->buffers);
	struct vnpu_table_entry *table = job->memory;
	u32 i;

	if (copy_from_user(job->memory + job->table_size, u64_to_user_ptr(args->commands), job->size - job->table_size))
		return -EFAULT;
	for (i = 0; i < job->buffer_count; i++) {
		struct vnpu_buffer buffer;
		struct sg_table *pages;

		if (copy_from_user(&buffer, &buffers[i], sizeof(buffer)))
			return -EFAULT;
		if (buffer.flags & ~VNPU_BUFFER_WRITE)
			return -EINVAL;
		job->bos[i] = drm_gem_object_lookup(file, buffer.handle);
		if (!job->bos[i])
			return -ENOENT;
		pages = to_vnpu_bo(job->bos[i])->pages;
		/* The device sees what the program wrote. */
		dma_sync_sgtable_for_device(job->vnpu->drm.dev, pages, DMA_BIDIRECTIONAL);
		table[i].address = cpu_to_le64(sg_dma_address(pages->sgl));
		table[i].length = cpu_to_le64(job->bos[i]->size);
		table[i].writable = cpu_to_le32(buffer.flags & VNPU_BUFFER_WRITE);
	}
	return 0;
}

static struct vnpu_job *vnpu_job_make(struct vnpu_client *client, struct vnpu_submit *args, struct drm_file *file)
{
	struct vnpu_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!job)
		return ERR_PTR(-ENOMEM);
	kref_init(&job->refs);
	init_completion(&job->done);
	job->vnpu = client->vnpu;
	job->client = client;
	job->timeout_ms = args->timeout_ms ?: VNPU_USUAL_TIMEOUT_MS;
	job->command_count = args->command_count;
	job->table_size = args->buffer_count * sizeof(struct vnpu_table_entry);
	job->size = job->table_size + args->command_count * VNPU_COMMAND_SIZE;
	job->bos = kvcalloc(max(args->buffer_count, 1u), sizeof(*job->bos), GFP_KERNEL);
	job->memory = dma_alloc_coherent(job->vnpu->drm.dev, job->size, &job->dma, GFP_KERNEL | __GFP_NOWARN);
	if (job->bos && job->memory) {
		job->buffer_count = args->buffer_count;
		ret = vnpu_job_fill(job, args, file);
	}
	if (ret) {
		vnpu_job_free_memory(job);
		vnpu_job_put(job);
		return ERR_PTR(ret);
	}
	return job;
}

static u32 vnpu_next(u32 entry)
{
	return (entry + 1) % VNPU_RING_ENTRIES;
}

/* Under the lock, with a free entry. */
static void vnpu_ring_put(struct vnpu_device *vnpu, struct vnpu_job *job)
{
	struct vnpu_descriptor *descriptor = &vnpu->ring[vnpu->tail];

	memset(&vnpu->records[vnpu->tail], 0, sizeof(struct vnpu_record));
	*descriptor = (struct vnpu_descriptor) {
		.kind = cpu_to_le32(1),
		.commands = cpu_to_le64(job->dma + job->table_size),
		.command_count = cpu_to_le32(job->command_count),
		.buffer_count = cpu_to_le32(job->buffer_count),
		.buffers = cpu_to_le64(job->dma),
		.fence = cpu_to_le64(job->fence),
	};
	if (vnpu->head == vnpu->tail)
		job->started = jiffies;
	vnpu->jobs[vnpu->tail] = job;
	vnpu->tail = vnpu_next(vnpu->tail);
	/* writel() lets the device see the entry first. */
	writel(vnpu->tail, vnpu->regs + VNPU_RING_TAIL);
}

/* The program sees what the device wrote. */
static void vnpu_job_sync(struct vnpu_job *job)
{
	const struct vnpu_table_entry *table = job->memory;
	u32 i;

	for (i = 0; i < job->buffer_count; i++)
		if (table[i].writable)
			dma_sync_sgtable_for_cpu(job->vnpu->drm.dev, to_vnpu_bo(job->bos[i])->pages, DMA_BIDIRECTIONAL);
}

/* Under the lock: ends the oldest job. */
static void vnpu_end_first(struct vnpu_device *vnpu, u32 status, u32 command, u64 cycles, u64 products)
{
	struct vnpu_job *job = vnpu->jobs[vnpu->head];

	vnpu->jobs[vnpu->head] = NULL;
	vnpu->head = vnpu_next(vnpu->head);
	if (vnpu->jobs[vnpu->head])
		vnpu->jobs[vnpu->head]->started = jiffies;
	job->status = status;
	job->command = command;
	job->cycles = cycles;
	job->products = products;
	if (job->client) {
		atomic64_inc(&job->client->done);
		atomic64_add(cycles, &job->client->cycles);
		atomic64_add(products, &job->client->products);
	}
	vnpu_job_sync(job);
	complete_all(&job->done);
	vnpu_job_free_memory(job);
	vnpu_job_put(job);
	atomic_dec(&vnpu->pending);
	wake_up_all(&vnpu->room);
	pm_runtime_mark_last_busy(vnpu->drm.dev);
	pm_runtime_put_autosuspend(vnpu->drm.dev);
}

/* Under the lock: takes the records that were written; tells how many. */
static u32 vnpu_collect(struct vnpu_device *vnpu)
{
	u32 count = 0;

	while (vnpu->jobs[vnpu->head]) {
		struct vnpu_record *record = &vnpu->records[vnpu->head];
		u32 status = le32_to_cpu(READ_ONCE(record->status));

		if (!status)
			break;
		/* The status is written last. */
		dma_rmb();
		/* Of a job before the last reset: it is none, and the watchdog ends a job without. */
		if (le64_to_cpu(record->fence) != vnpu->jobs[vnpu->head]->fence) {
			drm_err_ratelimited(&vnpu->drm, "the record of job %llu has the fence %llu\n", vnpu->jobs[vnpu->head]->fence, le64_to_cpu(record->fence));
			record->status = 0;
			break;
		}
		/* Programs give bad commands; addresses are the driver's. */
		if (status == VNPU_STATUS_MEMORY_FAULT || status == VNPU_STATUS_BAD_DESCRIPTOR)
			drm_err_ratelimited(&vnpu->drm, "job %llu: the device could not %s\n", vnpu->jobs[vnpu->head]->fence,
					    status == VNPU_STATUS_MEMORY_FAULT ? "reach an address of the memory" : "read its entry of the ring");
		else if (status != VNPU_STATUS_DONE)
			drm_dbg(&vnpu->drm, "job %llu ended with status %u at command %u\n", vnpu->jobs[vnpu->head]->fence, status, le32_to_cpu(record->command));
		vnpu_end_first(vnpu, status, le32_to_cpu(record->command), le64_to_cpu(record->cycles), le64_to_cpu(record->products));
		count++;
	}
	return count;
}

static void vnpu_watch(struct vnpu_device *vnpu)
{
	struct vnpu_job *first = vnpu->jobs[vnpu->head];

	if (first)
		mod_delayed_work(system_wq, &vnpu->watchdog, msecs_to_jiffies(first->timeout_ms));
}

void vnpu_jobs_finish(struct vnpu_device *vnpu)
{
	u32 count;

	mutex_lock(&vnpu->lock);
	count = vnpu_collect(vnpu);
	/* Only a ring that has more to do, or an interrupt without a record, can mean that the device stopped. */
	if (!vnpu->is_gone && (!count || vnpu->jobs[vnpu->head]) && (readl(vnpu->regs + VNPU_STATUS) & VNPU_STATUS_HALTED))
		mod_delayed_work(system_wq, &vnpu->watchdog, 0);
	else
		vnpu_watch(vnpu);
	mutex_unlock(&vnpu->lock);
}

/* Under the lock. */
static void vnpu_end_all(struct vnpu_device *vnpu, u32 status)
{
	while (vnpu->jobs[vnpu->head])
		vnpu_end_first(vnpu, status, 0, 0, 0);
}

void vnpu_jobs_end_all(struct vnpu_device *vnpu, u32 status)
{
	mutex_lock(&vnpu->lock);
	vnpu_end_all(vnpu, status);
	mutex_unlock(&vnpu->lock);
}

/* Under the lock: a reset, and all jobs but the first on the ring again. */
static void vnpu_recover(struct vnpu_device *vnpu, bool is_halted)
{
	struct vnpu_job *waiting[VNPU_RING_ENTRIES];
	u32 count = 0, i;

	if (is_halted)
		drm_err(&vnpu->drm, "the device halted at job %llu; it is reset\n", vnpu->jobs[vnpu->head]->fence);
	else
		drm_err(&vnpu->drm, "job %llu did not end in %u ms; the device is reset\n", vnpu->jobs[vnpu->head]->fence, vnpu->jobs[vnpu->head]->timeout_ms);
	atomic_inc(&vnpu->resets);
	vnpu_stop(vnpu);
	vnpu_end_first(vnpu, is_halted ? VNPU_STATUS_ABORTED : VNPU_STATUS_TIMEOUT, 0, 0, 0);
	while (vnpu->jobs[vnpu->head]) {
		waiting[count++] = vnpu->jobs[vnpu->head];
		vnpu->jobs[vnpu->head] = NULL;
		vnpu->head = vnpu_next(vnpu->head);
	}
	vnpu->head = 0;
	vnpu->tail = 0;
	if (vnpu_start(vnpu)) {
		/* They end as the others do, from the ring. */
		for (i = 0; i < count; i++)
			vnpu->jobs[i] = waiting[i];
		vnpu->tail = count % VNPU_RING_ENTRIES;
		vnpu_end_all(vnpu, VNPU_STATUS_GONE);
		return;
	}
	for (i = 0; i < count; i++)
		vnpu_ring_put(vnpu, waiting[i]);
}

static void vnpu_watchdog(struct work_struct *work)
{
	struct vnpu_device *vnpu = container_of(work, struct vnpu_device, watchdog.work);
	struct vnpu_job *first;
	bool is_halted;
	int idx;

	if (!drm_dev_enter(&vnpu->drm, &idx))
		return;
	mutex_lock(&vnpu->lock);
	if (vnpu_collect(vnpu)) {
		atomic_inc(&vnpu->lost);
		drm_warn(&vnpu->drm, "an interrupt was lost; its jobs had ended\n");
	}
	first = vnpu->jobs[vnpu->head];
	if (first && readl(vnpu->regs + VNPU_IDENTIFICATION) != VNPU_ID) {
		drm_err(&vnpu->drm, "the device is gone\n");
		vnpu->is_gone = true;
		vnpu_end_all(vnpu, VNPU_STATUS_GONE);
	} else if (first) {
		is_halted = readl(vnpu->regs + VNPU_STATUS) & VNPU_STATUS_HALTED;
		if (is_halted || time_after_eq(jiffies, first->started + msecs_to_jiffies(first->timeout_ms)))
			vnpu_recover(vnpu, is_halted);
	}
	vnpu_watch(vnpu);
	mutex_unlock(&vnpu->lock);
	drm_dev_exit(idx);
}

void vnpu_jobs_init(struct vnpu_device *vnpu)
{
	init_waitqueue_head(&vnpu->room);
	INIT_DELAYED_WORK(&vnpu->watchdog, vnpu_watchdog);
}

bool vnpu_jobs_are_idle(struct vnpu_device *vnpu)
{
	return !atomic_read(&vnpu->pending);
}

bool vnpu_jobs_wait_idle(struct vnpu_device *vnpu, unsigned long limit)
{
	return wait_event_timeout(vnpu->room, vnpu_jobs_are_idle(vnpu), limit);
}

/* One entry stays free: head and tail are alike on an empty ring only. */
static bool vnpu_has_room(struct vnpu_device *vnpu)
{
	return READ_ONCE(vnpu->is_gone) || vnpu_next(READ_ONCE(vnpu->tail)) != READ_ONCE(vnpu->head);
}

static int vnpu_enqueue(struct vnpu_device *vnpu, struct vnpu_job *job)
{
	int ret = pm_runtime_resume_and_get(vnpu->drm.dev);

	if (ret)
		return ret;
	mutex_lock(&vnpu->lock);
	while (!vnpu_has_room(vnpu)) {
		mutex_unlock(&vnpu->lock);
		ret = wait_event_interruptible(vnpu->room, vnpu_has_room(vnpu));
		if (ret)
			goto put;
		mutex_lock(&vnpu->lock);
	}
	if (vnpu->is_gone || !vnpu->is_up) {
		mutex_unlock(&vnpu->lock);
		ret = -ENODEV;
		goto put;
	}
	job->fence = ++vnpu->fences;
	kref_get(&job->refs);
	atomic_inc(&vnpu->pending);
	vnpu_ring_put(vnpu, job);
	if (vnpu->jobs[vnpu->head] == job)
		vnpu_watch(vnpu);
	mutex_unlock(&vnpu->lock);
	return 0;

put:
	pm_runtime_put_autosuspend(vnpu->drm.dev);
	return ret;
}

int vnpu_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vnpu_device *vnpu = to_vnpu(drm);
	struct vnpu_client *client = file->driver_priv;
	struct vnpu_submit *args = data;
	struct vnpu_job *job;
	int ret, idx;
	u32 id;

	if (!args->command_count || args->command_count > VNPU_MOST_COMMANDS || args->buffer_count > VNPU_MOST_BUFFERS || args->timeout_ms > VNPU_MOST_MS || args->pad)
		return -EINVAL;
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	job = vnpu_job_make(client, args, file);
	ret = PTR_ERR_OR_ZERO(job);
	if (ret)
		goto out;
	/* The number first: a job that runs can always be waited for. */
	ret = xa_alloc_cyclic(&client->jobs, &id, job, XA_LIMIT(1, U32_MAX), &client->next_job, GFP_KERNEL);
	if (ret < 0) {
		vnpu_job_free_memory(job);
		goto put;
	}
	kref_get(&job->refs);
	ret = vnpu_enqueue(vnpu, job);
	if (ret) {
		/* Somebody may have guessed its number, and waits. */
		job->status = VNPU_STATUS_GONE;
		complete_all(&job->done);
		if (xa_erase(&client->jobs, id) == job)
			vnpu_job_put(job);
		vnpu_job_free_memory(job);
	}
	args->job = id;
put:
	vnpu_job_put(job);
out:
	drm_dev_exit(idx);
	return ret;
}

int vnpu_ioctl_wait(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vnpu_client *client = file->driver_priv;
	struct vnpu_wait *args = data;
	struct vnpu_job *job;
	long left;

	if (args->job > U32_MAX || args->status || args->command || args->cycles || args->products)
		return -EINVAL;
	xa_lock(&client->jobs);
	job = xa_load(&client->jobs, args->job);
	if (job)
		kref_get(&job->refs);
	xa_unlock(&client->jobs);
	if (!job)
		return -ENOENT;

	left = args->timeout_ns < 0 ? MAX_SCHEDULE_TIMEOUT : nsecs_to_jiffies(args->timeout_ns) + (args->timeout_ns > 0);
	left = wait_for_completion_interruptible_timeout(&job->done, min_t(u64, left, MAX_SCHEDULE_TIMEOUT));
	if (left > 0) {
		/* Whoever takes it away has waited for it; others have come too late. */
		if (xa_erase(&client->jobs, args->job) == job) {
			args->status = job->status;
			args->command = job->command;
			args->cycles = job->cycles;
			args->products = job->products;
			left = 0;
			vnpu_job_put(job);
		} else {
			left = -ENOENT;
		}
	} else if (!left) {
		left = -ETIME;
	}
	vnpu_job_put(job);
	return left;
}

/* A client goes: its jobs run to their end, but count for nobody. */
void vnpu_jobs_forget(struct vnpu_client *client)
{
	struct vnpu_device *vnpu = client->vnpu;
	struct vnpu_job *job;
	unsigned long id;
	u32 i;

	mutex_lock(&vnpu->lock);
	for (i = 0; i < VNPU_RING_ENTRIES; i++)
		if (vnpu->jobs[i] && vnpu->jobs[i]->client == client)
			vnpu->jobs[i]->client = NULL;
	mutex_unlock(&vnpu->lock);
	xa_for_each(&client->jobs, id, job) {
		xa_erase(&client->jobs, id);
		vnpu_job_put(job);
	}
	xa_destroy(&client->jobs);
}
