// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of the virtual accelerator: memory at one bus address each.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include <drm/drm_vma_manager.h>

#include "vnpu.h"

static void vnpu_bo_free(struct drm_gem_object *object)
{
	struct vnpu_bo *bo = to_vnpu_bo(object);

	if (bo->cpu)
		dma_free_coherent(object->dev->dev, object->size, bo->cpu, bo->dma);
	drm_gem_object_release(object);
	kfree(bo);
}

static int vnpu_bo_mmap(struct drm_gem_object *object, struct vm_area_struct *vma)
{
	struct vnpu_bo *bo = to_vnpu_bo(object);

	/* The offset names the buffer; within it the mapping begins at 0. */
	vma->vm_pgoff -= drm_vma_node_start(&object->vma_node);
	vm_flags_mod(vma, VM_DONTEXPAND, VM_PFNMAP);
	return dma_mmap_coherent(object->dev->dev, vma, bo->cpu, bo->dma, object->size);
}

static const struct vm_operations_struct vnpu_bo_vm_ops = {
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

static const struct drm_gem_object_funcs vnpu_bo_funcs = {
	.free = vnpu_bo_free,
	.mmap = vnpu_bo_mmap,
	.vm_ops = &vnpu_bo_vm_ops,
};

int vnpu_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vnpu_bo_create *args = data;
	struct vnpu_bo *bo;
	int ret;

	if (!args->size || args->size > VNPU_MOST_BYTES || args->pad)
		return -EINVAL;

	bo = kzalloc(sizeof(*bo), GFP_KERNEL);
	if (!bo)
		return -ENOMEM;
	bo->base.funcs = &vnpu_bo_funcs;
	drm_gem_private_object_init(drm, &bo->base, PAGE_ALIGN(args->size));

	/* Zeros: nobody sees what was there before. */
	bo->cpu = dma_alloc_coherent(drm->dev, bo->base.size, &bo->dma, GFP_KERNEL | __GFP_NOWARN);
	ret = bo->cpu ? drm_gem_create_mmap_offset(&bo->base) : -ENOMEM;
	if (!ret)
		ret = drm_gem_handle_create(file, &bo->base, &args->handle);
	if (!ret)
		args->mmap_offset = drm_vma_node_offset_addr(&bo->base.vma_node);
	drm_gem_object_put(&bo->base);
	return ret;
}
