// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest thing that looks like an accelerator to user space: a device
 * node that accepts jobs and counts them. Each write is one job; a read gives
 * the number of jobs so far as a decimal line.
 */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static atomic64_t jobs = ATOMIC64_INIT(0);

static ulong start;
module_param(start, ulong, 0444);
MODULE_PARM_DESC(start, "First value of the job counter");

static ssize_t hello_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	char line[24];
	int length = scnprintf(line, sizeof(line), "%lld\n", atomic64_read(&jobs));

	return simple_read_from_buffer(buffer, size, offset, line, length);
}

static ssize_t hello_write(struct file *file, const char __user *buffer, size_t size, loff_t *offset)
{
	atomic64_inc(&jobs);
	return size;
}

static const struct file_operations hello_operations = {
	.owner = THIS_MODULE,
	.read = hello_read,
	.write = hello_write,
	.llseek = default_llseek,
};

static struct miscdevice hello_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hello-accel",
	.fops = &hello_operations,
	.mode = 0660,
};

static int __init hello_init(void)
{
	int error;

	atomic64_set(&jobs, start);
	error = misc_register(&hello_device);
	if (!error)
		pr_info("hello-accel: ready\n");
	return error;
}
module_init(hello_init);

static void __exit hello_exit(void)
{
	misc_deregister(&hello_device);
}
module_exit(hello_exit);

MODULE_AUTHOR("Imagecraft");
MODULE_DESCRIPTION("Job counter in the place of an accelerator");
MODULE_LICENSE("GPL");
