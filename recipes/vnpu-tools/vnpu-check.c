// SPDX-License-Identifier: MIT
/*
 * Tries the virtual accelerator through its driver: what it is, whether it computes, what it refuses, how fast it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "vnpu_accel.h"

enum { COPY = 1, FENCE = 2, CLAMP = 21 };

/* Fields of a command that this program uses; docs/virtual-npu.md has all. */
struct operand {
	uint32_t buffer, zero;
	uint64_t offset;
};

struct command {
	uint16_t operation, flags;
	uint32_t zero;
	struct operand input, second, parameters, output;
	uint8_t unused[30];
	int16_t least, largest;
	uint8_t factors[14];
	uint64_t count;
};

_Static_assert(sizeof(struct command) == VNPU_COMMAND_SIZE, "a command has 128 bytes");

struct buffer {
	uint32_t handle;
	uint8_t *bytes;
	uint64_t size;
};

static void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static void check(int is_good, const char *what)
{
	if (!is_good)
		fail("wrong: %s", what);
}

static int open_device(void)
{
	int file = open("/dev/accel/accel0", O_RDWR | O_CLOEXEC);

	if (file < 0)
		fail("/dev/accel/accel0: %s", strerror(errno));
	return file;
}

static uint64_t get(int file, uint32_t param)
{
	struct vnpu_get_param args = { .param = param };

	if (ioctl(file, DRM_IOCTL_VNPU_GET_PARAM, &args))
		fail("parameter %u: %s", param, strerror(errno));
	return args.value;
}

static struct buffer make(int file, uint64_t size)
{
	struct vnpu_bo_create args = { .size = size };
	struct buffer buffer;

	if (ioctl(file, DRM_IOCTL_VNPU_BO_CREATE, &args))
		fail("a buffer of %llu bytes: %s", (unsigned long long)size, strerror(errno));
	buffer.handle = args.handle;
	buffer.size = size;
	buffer.bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, args.mmap_offset);
	if (buffer.bytes == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	return buffer;
}

static int submit(int file, struct command *commands, uint32_t count, struct vnpu_buffer *buffers, uint32_t buffer_count, uint32_t timeout_ms, uint64_t *job)
{
	struct vnpu_submit args = {
		.commands = (uintptr_t)commands,
		.command_count = count,
		.buffers = (uintptr_t)buffers,
		.buffer_count = buffer_count,
		.timeout_ms = timeout_ms,
	};

	*job = 0;
	if (ioctl(file, DRM_IOCTL_VNPU_SUBMIT, &args))
		return -errno;
	*job = args.job;
	return 0;
}

static struct vnpu_wait wait_for(int file, uint64_t job)
{
	struct vnpu_wait args = { .job = job, .timeout_ns = -1 };

	if (ioctl(file, DRM_IOCTL_VNPU_WAIT, &args))
		fail("waiting for job %llu: %s", (unsigned long long)job, strerror(errno));
	return args;
}

static struct vnpu_wait run(int file, struct command *commands, uint32_t count, struct vnpu_buffer *buffers, uint32_t buffer_count)
{
	uint64_t job;
	int ret = submit(file, commands, count, buffers, buffer_count, 0, &job);

	if (ret)
		fail("submitting a job: %s", strerror(-ret));
	return wait_for(file, job);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void info(int file)
{
	uint64_t hardware = get(file, VNPU_PARAM_HARDWARE_VERSION), firmware = get(file, VNPU_PARAM_FIRMWARE_VERSION);

	printf("hardware %u.%u, firmware %u.%u, %llu MHz\n", (unsigned)(hardware >> 16), (unsigned)(hardware & 0xffff), (unsigned)(firmware >> 16), (unsigned)(firmware & 0xffff),
	       (unsigned long long)(get(file, VNPU_PARAM_CLOCK_HERTZ) / 1000000));
	printf("jobs %llu, commands %llu, cycles %llu\n", (unsigned long long)get(file, VNPU_PARAM_JOBS), (unsigned long long)get(file, VNPU_PARAM_COMMANDS), (unsigned long long)get(file, VNPU_PARAM_CYCLES));
}

static void compute(int file)
{
	struct buffer input = make(file, 4096), output = make(file, 4096);
	struct vnpu_buffer buffers[] = { { input.handle, 0 }, { output.handle, VNPU_BUFFER_WRITE } };
	struct command clamp = { .operation = CLAMP, .output = { .buffer = 1 }, .least = 10, .largest = 200, .count = 4096 };
	struct vnpu_wait end;
	int i;

	for (i = 0; i < 4096; i++)
		input.bytes[i] = i * 7;
	end = run(file, &clamp, 1, buffers, 2);
	check(end.status == VNPU_STATUS_DONE && end.command == 1, "a job runs");
	for (i = 0; i < 4096; i++) {
		int value = (uint8_t)(i * 7);

		check(output.bytes[i] == (value < 10 ? 10 : value > 200 ? 200 : value), "what is limited");
	}
	check(end.cycles == 64 + 8192 / 16, "cycles of the nominal clock");
	puts("computes");
}

static void refuse(int file)
{
	struct buffer own = make(file, 4096);
	struct vnpu_buffer only_read = { own.handle, 0 }, absent = { 12345, 0 }, odd = { own.handle, 8 };
	struct command copy = { .operation = COPY, .count = 16 }, nothing = { 0 }, far = { .operation = COPY, .count = 16, .input = { .offset = 4090 } };
	struct vnpu_wait unknown = { .job = 99999 };
	uint64_t job;
	int other = open_device();

	check(run(file, &nothing, 1, &only_read, 1).status == VNPU_STATUS_BAD_COMMAND, "no operation");
	check(run(file, &copy, 1, &only_read, 1).status == VNPU_STATUS_OUT_OF_BUFFER, "writing to a buffer that is only read");
	check(run(file, &far, 1, &only_read, 1).status == VNPU_STATUS_OUT_OF_BUFFER, "beyond a buffer");
	check(submit(file, &copy, 1, &absent, 1, 0, &job) == -ENOENT, "a buffer that is not there");
	check(submit(other, &copy, 1, &only_read, 1, 0, &job) == -ENOENT, "a buffer of another client");
	check(submit(file, &copy, 1, &odd, 1, 0, &job) == -EINVAL, "flags that nobody knows");
	check(submit(file, &copy, 0, NULL, 0, 0, &job) == -EINVAL, "no commands");
	check(submit(file, NULL, 1, NULL, 0, 0, &job) == -EFAULT, "commands nowhere");
	check(ioctl(file, DRM_IOCTL_VNPU_WAIT, &unknown) && errno == ENOENT, "a job that is not there");
	close(other);
	puts("refuses");
}

static void latency(int file, int count)
{
	struct buffer own = make(file, 4096);
	struct vnpu_buffer buffer = { own.handle, VNPU_BUFFER_WRITE };
	struct command fence = { .operation = FENCE, .count = 1 };
	double *times = calloc(count, sizeof(*times));
	int i;

	if (!times)
		fail("no memory");
	for (i = 0; i < count; i++) {
		double start = now();

		check(run(file, &fence, 1, &buffer, 1).status == VNPU_STATUS_DONE, "an empty job");
		times[i] = now() - start;
	}
	qsort(times, count, sizeof(*times), compare);
	printf("empty job: median %.0f us, least %.0f us, 99 of 100 within %.0f us\n", times[count / 2], times[0], times[count * 99 / 100]);
	free(times);
}

static void transfer(int file, int count)
{
	const uint64_t size = 1 << 20;
	struct buffer from = make(file, size), to = make(file, size);
	struct vnpu_buffer buffers[] = { { from.handle, 0 }, { to.handle, VNPU_BUFFER_WRITE } };
	struct command copy = { .operation = COPY, .output = { .buffer = 1 }, .count = size };
	double start;
	int i;

	memset(from.bytes, 0x5a, size);
	start = now();
	for (i = 0; i < count; i++)
		check(run(file, &copy, 1, buffers, 2).status == VNPU_STATUS_DONE, "a copy");
	printf("copy of 1 MiB: %.2f GB/s\n", size * (double)count / (now() - start) / 1e3);
	check(!memcmp(from.bytes, to.bytes, size), "what is copied");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[2]) : 1000, file;

	if (argc > 3 || count < 1 || !strchr("iatl", *what) || !*what) {
		fputs("Usage: vnpu-check info | all | latency [JOBS] | transfer [COPIES]\n", stderr);
		return 2;
	}
	file = open_device();
	if (*what == 'i' || *what == 'a')
		info(file);
	if (*what == 'a') {
		compute(file);
		refuse(file);
	}
	if (*what == 'l' || *what == 'a')
		latency(file, count);
	if (*what == 't' || *what == 'a')
		transfer(file, argc > 2 ? count : 100);
	return 0;
}
