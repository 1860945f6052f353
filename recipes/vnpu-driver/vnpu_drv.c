// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual accelerator: discovery, firmware, power, clients.
 */
#include <linux/dma-mapping.h>
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include <drm/drm_accel.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "vnpu.h"

#define VNPU_FIRMWARE "vnpu/vnpu-1.bin"
#define VNPU_MOST_FIRMWARE 1048576
#define VNPU_FIRMWARE_TIMEOUT_MS 5000
#define VNPU_IDLE_MS 500

u64 vnpu_read_pair(struct vnpu_device *vnpu, u32 offset)
{
	/* Reading the lower half keeps the upper one. */
	u32 lower = readl(vnpu->regs + offset);

	return lower | ((u64)readl(vnpu->regs + offset + 4) << 32);
}

void vnpu_write_pair(struct vnpu_device *vnpu, u32 offset, u64 value)
{
	writel(lower_32_bits(value), vnpu->regs + offset);
	writel(upper_32_bits(value), vnpu->regs + offset + 4);
}

static const char *vnpu_firmware_problem(u32 status)
{
	switch (status) {
	case 2:
		return "it is no firmware";
	case 3:
		return "its checksum is another";
	case 4:
		return "its version is not one that the device takes";
	case 5:
		return "its address is not in memory";
	default:
		return "the device gives no answer";
	}
}

/* Under the lock, or before anybody knows the device: firmware, then the ring, empty. */
int vnpu_start(struct vnpu_device *vnpu)
{
	u32 status;

	if (readl(vnpu->regs + VNPU_IDENTIFICATION) != VNPU_ID) {
		vnpu->is_gone = true;
		return -ENODEV;
	}
	writel(VNPU_CONTROL_RESET, vnpu->regs + VNPU_CONTROL);
	reinit_completion(&vnpu->firmware_done);
	writel(VNPU_INTERRUPT_JOB | VNPU_INTERRUPT_ERROR | VNPU_INTERRUPT_FIRMWARE, vnpu->regs + VNPU_INTERRUPT_ENABLE);
	vnpu_write_pair(vnpu, VNPU_FIRMWARE_ADDRESS, vnpu->firmware_dma);
	writel(vnpu->firmware_size, vnpu->regs + VNPU_FIRMWARE_SIZE);
	writel(1, vnpu->regs + VNPU_FIRMWARE_LOAD);
	/* Whether or not the interrupt comes, the register tells. */
	wait_for_completion_timeout(&vnpu->firmware_done, msecs_to_jiffies(VNPU_FIRMWARE_TIMEOUT_MS));
	status = readl(vnpu->regs + VNPU_FIRMWARE_STATUS);
	if (status != VNPU_FIRMWARE_RUNS) {
		drm_err(&vnpu->drm, "the firmware %s was refused (status %u): %s\n", VNPU_FIRMWARE, status, vnpu_firmware_problem(status));
		return status == U32_MAX ? -ENODEV : -ENOEXEC;
	}
	vnpu->firmware_version = readl(vnpu->regs + VNPU_FIRMWARE_VERSION);

	vnpu_write_pair(vnpu, VNPU_RING_ADDRESS, vnpu->ring_dma);
	vnpu_write_pair(vnpu, VNPU_RECORDS_ADDRESS, vnpu->records_dma);
	writel(VNPU_RING_BITS, vnpu->regs + VNPU_RING_ORDER);
	vnpu->head = 0;
	vnpu->tail = 0;
	writel(VNPU_CONTROL_RUN, vnpu->regs + VNPU_CONTROL);
	WRITE_ONCE(vnpu->is_up, true);
	return 0;
}

void vnpu_stop(struct vnpu_device *vnpu)
{
	WRITE_ONCE(vnpu->is_up, false);
	writel(0, vnpu->regs + VNPU_INTERRUPT_ENABLE);
	writel(VNPU_CONTROL_RESET, vnpu->regs + VNPU_CONTROL);
	/* Reading back: the reset has happened when this returns. */
	readl(vnpu->regs + VNPU_STATUS);
}

static irqreturn_t vnpu_interrupt(int irq, void *data)
{
	struct vnpu_device *vnpu = data;
	u32 status;

	if (READ_ONCE(vnpu->is_up)) {
		/*
		 * It is about jobs, whose records tell more than the register, which takes longer to read than a small job to run.
		 * Cleared before records are read, so that none of those that come meanwhile is missed.
		 */
		writel(VNPU_INTERRUPT_JOB | VNPU_INTERRUPT_ERROR, vnpu->regs + VNPU_INTERRUPT_STATUS);
		return IRQ_WAKE_THREAD;
	}
	status = readl(vnpu->regs + VNPU_INTERRUPT_STATUS);
	if (!status || status == U32_MAX)
		return IRQ_NONE;
	writel(status, vnpu->regs + VNPU_INTERRUPT_STATUS);
	if (status & VNPU_INTERRUPT_FIRMWARE)
		complete(&vnpu->firmware_done);
	return IRQ_HANDLED;
}

static irqreturn_t vnpu_interrupt_thread(int irq, void *data)
{
	vnpu_jobs_finish(data);
	return IRQ_HANDLED;
}

static int vnpu_ioctl_get_param(struct drm_device *drm, void *data, struct drm_file *file)
{
	static const u32 pairs[] = {
		[VNPU_PARAM_JOBS] = VNPU_JOBS,
		[VNPU_PARAM_COMMANDS] = VNPU_COMMANDS,
		[VNPU_PARAM_PRODUCTS] = VNPU_PRODUCTS,
		[VNPU_PARAM_BYTES_READ] = VNPU_BYTES_READ,
		[VNPU_PARAM_BYTES_WRITTEN] = VNPU_BYTES_WRITTEN,
		[VNPU_PARAM_CYCLES] = VNPU_CYCLES,
	};
	struct vnpu_device *vnpu = to_vnpu(drm);
	struct vnpu_get_param *args = data;
	int ret, idx;

	if (args->pad || args->param > VNPU_PARAM_CYCLES)
		return -EINVAL;
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;
	ret = pm_runtime_resume_and_get(drm->dev);
	if (ret)
		goto out;
	switch (args->param) {
	case VNPU_PARAM_HARDWARE_VERSION:
		args->value = readl(vnpu->regs + VNPU_VERSION);
		break;
	case VNPU_PARAM_FIRMWARE_VERSION:
		args->value = vnpu->firmware_version;
		break;
	case VNPU_PARAM_CLOCK_HERTZ:
		args->value = readl(vnpu->regs + VNPU_CLOCK_HERTZ);
		break;
	default:
		mutex_lock(&vnpu->lock);
		args->value = vnpu_read_pair(vnpu, pairs[args->param]);
		mutex_unlock(&vnpu->lock);
		break;
	}
	pm_runtime_mark_last_busy(drm->dev);
	pm_runtime_put_autosuspend(drm->dev);
out:
	drm_dev_exit(idx);
	return ret;
}

static int vnpu_open(struct drm_device *drm, struct drm_file *file)
{
	struct vnpu_client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	if (!client)
		return -ENOMEM;
	client->vnpu = to_vnpu(drm);
	xa_init_flags(&client->jobs, XA_FLAGS_ALLOC1);
	file->driver_priv = client;
	return 0;
}

static void vnpu_postclose(struct drm_device *drm, struct drm_file *file)
{
	vnpu_jobs_forget(file->driver_priv);
	kfree(file->driver_priv);
}

/* For /proc/PID/fdinfo: the client's own share of the device. */
static void vnpu_show_fdinfo(struct drm_printer *printer, struct drm_file *file)
{
	struct vnpu_client *client = file->driver_priv;

	drm_printf(printer, "drm-cycles-npu:\t%lld\n", atomic64_read(&client->cycles));
	drm_printf(printer, "vnpu-jobs:\t%lld\n", atomic64_read(&client->done));
	drm_printf(printer, "vnpu-products:\t%lld\n", atomic64_read(&client->products));
}

static const struct drm_ioctl_desc vnpu_ioctls[] = {
	DRM_IOCTL_DEF_DRV(VNPU_GET_PARAM, vnpu_ioctl_get_param, 0),
	DRM_IOCTL_DEF_DRV(VNPU_BO_CREATE, vnpu_ioctl_bo_create, 0),
	DRM_IOCTL_DEF_DRV(VNPU_SUBMIT, vnpu_ioctl_submit, 0),
	DRM_IOCTL_DEF_DRV(VNPU_WAIT, vnpu_ioctl_wait, 0),
};

/*
 * Of the subsystem's own calls, those that an accelerator has a use for. Some of the others look for the master of a display, which is NULL
 * here: drm_getmagic() and drm_getunique() of Linux 6.12 read through it.
 */
static bool vnpu_has_call(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	return nr == _IOC_NR(DRM_IOCTL_VERSION) || nr == _IOC_NR(DRM_IOCTL_GET_CAP) || nr == _IOC_NR(DRM_IOCTL_GEM_CLOSE) ||
	       (nr >= DRM_COMMAND_BASE && nr < DRM_COMMAND_END);
}

static long vnpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return vnpu_has_call(cmd) ? drm_ioctl(file, cmd, arg) : -ENOTTY;
}

#ifdef CONFIG_COMPAT
static long vnpu_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return vnpu_has_call(cmd) ? drm_compat_ioctl(file, cmd, arg) : -ENOTTY;
}
#endif

/* As DRM_ACCEL_FOPS, but for the calls. */
static const struct file_operations vnpu_fops = {
	.owner = THIS_MODULE,
	.open = accel_open,
	.release = drm_release,
	.unlocked_ioctl = vnpu_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl = vnpu_compat_ioctl,
#endif
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.mmap = drm_gem_mmap,
	.fop_flags = FOP_UNSIGNED_OFFSET,
	.show_fdinfo = drm_show_fdinfo,
};

static const struct drm_driver vnpu_driver = {
	.driver_features = DRIVER_COMPUTE_ACCEL | DRIVER_GEM,
	.open = vnpu_open,
	.postclose = vnpu_postclose,
	.show_fdinfo = vnpu_show_fdinfo,
	.ioctls = vnpu_ioctls,
	.num_ioctls = ARRAY_SIZE(vnpu_ioctls),
	.fops = &vnpu_fops,
	.name = "vnpu",
	.desc = "Virtual accelerator of Imagecraft",
	.major = VNPU_UAPI_MAJOR,
	.minor = VNPU_UAPI_MINOR,
};

static ssize_t firmware_version_show(struct device *dev, struct device_attribute *attr, char *text)
{
	struct vnpu_device *vnpu = dev_get_drvdata(dev);

	return sysfs_emit(text, "%u.%u\n", vnpu->firmware_version >> 16, vnpu->firmware_version & 0xffff);
}
static DEVICE_ATTR_RO(firmware_version);

static ssize_t resets_show(struct device *dev, struct device_attribute *attr, char *text)
{
	struct vnpu_device *vnpu = dev_get_drvdata(dev);

	return sysfs_emit(text, "%d\n", atomic_read(&vnpu->resets));
}
static DEVICE_ATTR_RO(resets);

static ssize_t lost_interrupts_show(struct device *dev, struct device_attribute *attr, char *text)
{
	struct vnpu_device *vnpu = dev_get_drvdata(dev);

	return sysfs_emit(text, "%d\n", atomic_read(&vnpu->lost));
}
static DEVICE_ATTR_RO(lost_interrupts);

static struct attribute *vnpu_attrs[] = {
	&dev_attr_firmware_version.attr,
	&dev_attr_resets.attr,
	&dev_attr_lost_interrupts.attr,
	NULL,
};
ATTRIBUTE_GROUPS(vnpu);

/* The firmware stays where the device can reach it: each reset loads it again. */
static int vnpu_take_firmware(struct vnpu_device *vnpu)
{
	struct device *dev = vnpu->drm.dev;
	const struct firmware *firmware;
	int ret;

	ret = request_firmware(&firmware, VNPU_FIRMWARE, dev);
	if (ret)
		return ret;
	if (!firmware->size || firmware->size > VNPU_MOST_FIRMWARE) {
		dev_err(dev, "%s has %zu bytes; the device takes up to %d\n", VNPU_FIRMWARE, firmware->size, VNPU_MOST_FIRMWARE);
		ret = -EFBIG;
	} else {
		vnpu->firmware_size = firmware->size;
		vnpu->firmware = dmam_alloc_coherent(dev, firmware->size, &vnpu->firmware_dma, GFP_KERNEL);
		if (vnpu->firmware)
			memcpy(vnpu->firmware, firmware->data, firmware->size);
		else
			ret = -ENOMEM;
	}
	release_firmware(firmware);
	return ret;
}

static int vnpu_prepare(struct vnpu_device *vnpu, struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;
	u32 version;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	/* A buffer is one segment. */
	dma_set_max_seg_size(dev, VNPU_MOST_BYTES);
	pci_set_master(pdev);
	vnpu->regs = pcim_iomap(pdev, 0, 0);
	if (!vnpu->regs)
		return -ENOMEM;

	if (readl(vnpu->regs + VNPU_IDENTIFICATION) != VNPU_ID)
		return dev_err_probe(dev, -ENODEV, "no accelerator answers\n");
	version = readl(vnpu->regs + VNPU_VERSION);
	if (version >> 16 != VNPU_HARDWARE_MAJOR)
		return dev_err_probe(dev, -ENODEV, "the device has version %u.%u; this driver is for %u\n", version >> 16, version & 0xffff, VNPU_HARDWARE_MAJOR);

	vnpu->ring = dmam_alloc_coherent(dev, VNPU_RING_ENTRIES * sizeof(*vnpu->ring), &vnpu->ring_dma, GFP_KERNEL);
	vnpu->records = dmam_alloc_coherent(dev, VNPU_RING_ENTRIES * sizeof(*vnpu->records), &vnpu->records_dma, GFP_KERNEL);
	if (!vnpu->ring || !vnpu->records)
		return -ENOMEM;
	ret = vnpu_take_firmware(vnpu);
	if (ret)
		return dev_err_probe(dev, ret, "the firmware %s cannot be had\n", VNPU_FIRMWARE);

	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	return devm_request_threaded_irq(dev, pci_irq_vector(pdev, 0), vnpu_interrupt, vnpu_interrupt_thread, 0, "vnpu", vnpu);
}

static int vnpu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vnpu_device *vnpu;
	int ret;

	vnpu = devm_drm_dev_alloc(&pdev->dev, &vnpu_driver, struct vnpu_device, drm);
	if (IS_ERR(vnpu))
		return PTR_ERR(vnpu);
	ret = drmm_mutex_init(&vnpu->drm, &vnpu->lock);
	if (ret)
		return ret;
	ret = drmm_mutex_init(&vnpu->drm, &vnpu->bos_lock);
	if (ret)
		return ret;
	INIT_LIST_HEAD(&vnpu->bos);
	init_completion(&vnpu->firmware_done);
	vnpu_jobs_init(vnpu);
	pci_set_drvdata(pdev, vnpu);

	ret = vnpu_prepare(vnpu, pdev);
	if (ret)
		return ret;
	ret = vnpu_start(vnpu);
	if (ret)
		return ret;
	ret = drm_dev_register(&vnpu->drm, 0);
	if (ret) {
		vnpu_stop(vnpu);
		return ret;
	}
	drm_info(&vnpu->drm, "firmware %u.%u runs\n", vnpu->firmware_version >> 16, vnpu->firmware_version & 0xffff);

	pm_runtime_set_autosuspend_delay(&pdev->dev, VNPU_IDLE_MS);
	pm_runtime_use_autosuspend(&pdev->dev);
	pm_runtime_mark_last_busy(&pdev->dev);
	pm_runtime_put_autosuspend(&pdev->dev);
	pm_runtime_allow(&pdev->dev);
	return 0;
}

static void vnpu_remove(struct pci_dev *pdev)
{
	struct vnpu_device *vnpu = pci_get_drvdata(pdev);

	/* The bus takes back what probe gave. */
	pm_runtime_forbid(&pdev->dev);
	pm_runtime_get_noresume(&pdev->dev);
	pm_runtime_dont_use_autosuspend(&pdev->dev);

	/* Unplugging waits for calls, and calls for room on the ring. */
	mutex_lock(&vnpu->lock);
	vnpu->is_gone = true;
	vnpu_stop(vnpu);
	mutex_unlock(&vnpu->lock);
	wake_up_all(&vnpu->room);
	drm_dev_unplug(&vnpu->drm);
	cancel_delayed_work_sync(&vnpu->watchdog);
	vnpu_jobs_end_all(vnpu, VNPU_STATUS_GONE);
	/* Programs may keep jobs and buffers for as long as they like, but not what is the device's. */
	vnpu_bos_free_memory(vnpu);
}

static int vnpu_suspend(struct device *dev)
{
	struct vnpu_device *vnpu = dev_get_drvdata(dev);

	if (!vnpu_jobs_are_idle(vnpu))
		return -EBUSY;
	cancel_delayed_work_sync(&vnpu->watchdog);
	mutex_lock(&vnpu->lock);
	vnpu_stop(vnpu);
	mutex_unlock(&vnpu->lock);
	return 0;
}

static int vnpu_resume(struct device *dev)
{
	struct vnpu_device *vnpu = dev_get_drvdata(dev);
	int ret;

	mutex_lock(&vnpu->lock);
	ret = vnpu_start(vnpu);
	mutex_unlock(&vnpu->lock);
	return ret;
}

/* Programs are frozen: no job follows those that the device works on. */
static int vnpu_sleep(struct device *dev)
{
	if (!vnpu_jobs_wait_idle(dev_get_drvdata(dev), msecs_to_jiffies(VNPU_USUAL_TIMEOUT_MS)))
		return -EBUSY;
	return pm_runtime_force_suspend(dev);
}

static const struct dev_pm_ops vnpu_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(vnpu_sleep, pm_runtime_force_resume)
	RUNTIME_PM_OPS(vnpu_suspend, vnpu_resume, NULL)
};

static const struct pci_device_id vnpu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e9) },
	{ }
};
MODULE_DEVICE_TABLE(pci, vnpu_ids);

static struct pci_driver vnpu_pci_driver = {
	.name = "vnpu",
	.id_table = vnpu_ids,
	.probe = vnpu_probe,
	.remove = vnpu_remove,
	.driver.pm = pm_ptr(&vnpu_pm_ops),
	.dev_groups = vnpu_groups,
};
module_pci_driver(vnpu_pci_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Virtual accelerator of Imagecraft");
MODULE_FIRMWARE(VNPU_FIRMWARE);
