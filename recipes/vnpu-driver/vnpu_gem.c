// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of the virtual accelerator: memory at one bus address each.
 *
 * A program can hold a buffer for longer than the driver has the device, whose memory goes with it: pages are mapped when they are touched, and
 * only while the device is there.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_vma_manager.h>

#include "vnpu.h"

/* Under the lock of buffers: their last holder or the removal of the device, whichever comes first. */
static void vnpu_bo_free_memory(struct vnpu_device *vnpu, struct vnpu_bo *bo)
{
	list_del(&bo->link);
	dma_free_noncontiguous(vnpu->drm.dev, bo->base.size, bo->pages, DMA_BIDIRECTIONAL);
	bo->pages = NULL;
}

static void vnpu_bo_free(struct drm_gem_object *object)
{
	struct vnpu_device *vnpu = to_vnpu(object->dev);
	struct vnpu_bo *bo = to_vnpu_bo(object);

	mutex_lock(&vnpu->bos_lock);
	if (bo->pages)
		vnpu_bo_free_memory(vnpu, bo);
	mutex_unlock(&vnpu->bos_lock);
	drm_gem_object_release(object);
	kfree(bo);
}

static int vnpu_bo_mmap(struct drm_gem_object *object, struct vm_area_struct *vma)
{
	/* What is written to a copy would never reach the device. */
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	return 0;
}

/* All pages of the mapping at once: a buffer is used as a whole. */
static vm_fault_t vnpu_bo_fault(struct vm_fault *fault)
{
	struct vm_area_struct *vma = fault->vma;
	struct drm_gem_object *object = vma->vm_private_data;
	struct vnpu_bo *bo = to_vnpu_bo(object);
	unsigned long address = vma->vm_start;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	struct sg_page_iter page;
	int idx;

	if (!drm_dev_enter(object->dev, &idx))
		return VM_FAULT_SIGBUS;
	for_each_sgtable_page(bo->pages, &page, vma->vm_pgoff - drm_vma_node_start(&object->vma_node)) {
		if (address >= vma->vm_end)
			break;
		ret = vmf_insert_pfn(vma, address, page_to_pfn(sg_page_iter_page(&page)));
		if (ret != VM_FAULT_NOPAGE)
			break;
		address += PAGE_SIZE;
	}
	drm_dev_exit(idx);
	return ret;
}

static const struct vm_operations_struct vnpu_bo_vm_ops = {
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
	.fault = vnpu_bo_fault,
};

static const struct drm_gem_object_funcs vnpu_bo_funcs = {
	.free = vnpu_bo_free,
	.mmap = vnpu_bo_mmap,
	.vm_ops = &vnpu_bo_vm_ops,
};

static int vnpu_bo_take_memory(struct vnpu_device *vnpu, struct vnpu_bo *bo)
{
	/* Zeros: nobody sees what was there before. */
	bo->pages = dma_alloc_noncontiguous(vnpu->drm.dev, bo->base.size, DMA_BIDIRECTIONAL, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, 0);
	if (!bo->pages)
		return -ENOMEM;
	mutex_lock(&vnpu->bos_lock);
	list_add(&bo->link, &vnpu->bos);
	mutex_unlock(&vnpu->bos_lock);
	return 0;
}

int vnpu_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vnpu_device *vnpu = to_vnpu(drm);
	struct vnpu_bo_create *args = data;
	struct vnpu_bo *bo;
	int ret, idx;

	if (!args->size || args->size > VNPU_MOST_BYTES || args->pad)
		return -EINVAL;
	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;

	ret = -ENOMEM;
	bo = kzalloc(sizeof(*bo), GFP_KERNEL);
	if (!bo)
		goto out;
	bo->base.funcs = &vnpu_bo_funcs;
	drm_gem_private_object_init(drm, &bo->base, PAGE_ALIGN(args->size));

	ret = vnpu_bo_take_memory(vnpu, bo);
	if (!ret)
		ret = drm_gem_create_mmap_offset(&bo->base);
	if (!ret)
		ret = drm_gem_handle_create(file, &bo->base, &args->handle);
	if (!ret)
		args->mmap_offset = drm_vma_node_offset_addr(&bo->base.vma_node);
	drm_gem_object_put(&bo->base);
out:
	drm_dev_exit(idx);
	return ret;
}

/* Of all buffers; the device is unplugged, and nobody's page is mapped any more. */
void vnpu_bos_free_memory(struct vnpu_device *vnpu)
{
	struct vnpu_bo *bo, *next;

	mutex_lock(&vnpu->bos_lock);
	list_for_each_entry_safe(bo, next, &vnpu->bos, link)
		vnpu_bo_free_memory(vnpu, bo);
	mutex_unlock(&vnpu->bos_lock);
}
