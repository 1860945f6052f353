// SPDX-License-Identifier: MIT
/*
 * Tries the virtual accelerator through its driver: what it is, whether it computes, what it refuses, how fast it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vnpu_accel.h"

static const char usage[] =
	"Usage: vnpu-check info | all | latency [JOBS] | transfer [COPIES] | job [TIMEOUT_MS] |\n"
	"       clients [JOBS] | killed [PROGRAMS] | unplugged | fuzz [ROUNDS [SEED]]\n";

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
	struct vnpu_bo_create create = { .size = 4096 };
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
	check(!ioctl(file, DRM_IOCTL_VNPU_BO_CREATE, &create), "a buffer");
	check(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, create.mmap_offset) == MAP_FAILED && errno == EINVAL, "a copy of a buffer");
	check(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, create.mmap_offset) == MAP_FAILED && errno == EINVAL, "more than a buffer");
	check(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, create.mmap_offset) == MAP_FAILED && errno == EACCES, "another client's buffer");
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

/* A command with its buffers: the bytes of one come to the other. */
struct copy {
	struct buffer from, to;
	struct vnpu_buffer buffers[2];
	struct command command;
};

static struct copy make_copy(int file, uint64_t size, unsigned pattern)
{
	struct copy copy = { .from = make(file, size), .to = make(file, size), .command = { .operation = COPY, .output = { .buffer = 1 }, .count = size } };
	uint64_t i;

	copy.buffers[0] = (struct vnpu_buffer){ copy.from.handle, 0 };
	copy.buffers[1] = (struct vnpu_buffer){ copy.to.handle, VNPU_BUFFER_WRITE };
	for (i = 0; i < size; i++)
		copy.from.bytes[i] = i * 7 + pattern;
	return copy;
}

static int is_copied(const struct copy *copy)
{
	return !memcmp(copy->from.bytes, copy->to.bytes, copy->from.size);
}

static void drop(int file, struct buffer *buffer)
{
	struct drm_gem_close args = { .handle = buffer->handle };

	munmap(buffer->bytes, buffer->size);
	check(!ioctl(file, DRM_IOCTL_GEM_CLOSE, &args), "a buffer is given back");
}

static void transfer(int file, int count)
{
	struct copy copy = make_copy(file, 1 << 20, 0x5a);
	double start = now();
	int i;

	for (i = 0; i < count; i++)
		check(run(file, &copy.command, 1, copy.buffers, 2).status == VNPU_STATUS_DONE, "a copy");
	printf("copy of 1 MiB: %.2f GB/s\n", copy.from.size * (double)count / (now() - start) / 1e3);
	check(is_copied(&copy), "what is copied");
}

/* One job, whose bytes are compared; tells how it ended. */
static int job(int file, uint32_t timeout_ms)
{
	static const char *const words[] = { "nothing", "done", "bad entry", "bad command", "unknown operation", "out of buffer", "memory fault", "aborted" };
	struct copy copy = make_copy(file, 4096, 7);
	struct vnpu_wait end;
	uint64_t number;
	int ret = submit(file, &copy.command, 1, copy.buffers, 2, timeout_ms, &number);

	if (ret)
		fail("submitting a job: %s", strerror(-ret));
	end = wait_for(file, number);
	if (end.status == VNPU_STATUS_DONE && !is_copied(&copy)) {
		puts("job: wrong bytes");
		return 1;
	}
	printf("job: %s\n", end.status == VNPU_STATUS_TIMEOUT ? "timeout" : end.status == VNPU_STATUS_GONE ? "gone" : end.status < 8 ? words[end.status] : "unknown");
	return end.status != VNPU_STATUS_DONE;
}

/* Two programs at once, each with bytes of its own. */
static void clients(int count)
{
	pid_t first = fork(), second;
	int i, file, status, is_good = 1;

	if (first < 0)
		fail("fork: %s", strerror(errno));
	second = first ? fork() : -1;
	if (first && second < 0)
		fail("fork: %s", strerror(errno));
	if (!first || !second) {
		file = open_device();
		for (i = 0; i < count; i++) {
			struct copy copy = make_copy(file, 4096 << i % 4, first ? i * 2 : i * 2 + 1);

			check(run(file, &copy.command, 1, copy.buffers, 2).status == VNPU_STATUS_DONE, "a job of a client");
			check(is_copied(&copy), "bytes of a client");
			drop(file, &copy.from);
			drop(file, &copy.to);
		}
		exit(0);
	}
	for (i = 0; i < 2; i++)
		is_good &= wait(&status) > 0 && status == 0;
	check(is_good, "two clients at once");
	printf("clients: 2 with %d jobs each\n", count);
}

/* Programs that are killed while the device works for them. */
static void killed(int count)
{
	enum { JOBS = 8, COMMANDS = 64 };
	int i, k, file, status;

	for (i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			fail("fork: %s", strerror(errno));
		if (!child) {
			struct command commands[COMMANDS];
			struct copy copy;
			uint64_t number;

			file = open_device();
			copy = make_copy(file, 1 << 20, i);
			for (k = 0; k < COMMANDS; k++)
				commands[k] = copy.command;
			for (k = 0; k < JOBS; k++)
				submit(file, commands, COMMANDS, copy.buffers, 2, 0, &number);
			for (;;)
				pause();
		}
		usleep(1000 * (i % 40));
		kill(child, SIGKILL);
		check(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "a program is killed");
	}
	file = open_device();
	compute(file);
	close(file);
	printf("killed: %d programs\n", count);
}

/* Takes the device from its driver, or gives it back. */
static void tell_driver(const char *device, const char *what)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/vnpu/%s", what);
	file = open(path, O_WRONLY);
	if (file < 0 || write(file, device, strlen(device)) < 0)
		fail("%s: %s", path, strerror(errno));
	close(file);
}

static void leave(int signal)
{
	_exit(signal);
}

/* How a program ends that reads a byte: with no signal, or by which. */
static int touch(const volatile uint8_t *byte)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		fail("fork: %s", strerror(errno));
	if (!child) {
		signal(SIGBUS, leave);
		(void)*byte;
		_exit(0);
	}
	check(waitpid(child, &status, 0) == child && WIFEXITED(status), "a program that touches a buffer");
	return WEXITSTATUS(status);
}

/* The driver is taken from the device while a program holds buffers of it, mapped, and a job that nobody waited for. */
static void unplugged(void)
{
	enum { SIZE = 1 << 20 };
	int file = open_device();
	struct copy copy = make_copy(file, SIZE, 3), untouched = { .from = make(file, SIZE) };
	struct vnpu_bo_create create = { .size = SIZE };
	char link[256] = "";
	const char *device;
	uint64_t number;

	check(run(file, &copy.command, 1, copy.buffers, 2).status == VNPU_STATUS_DONE && is_copied(&copy), "a job before the driver goes");
	check(!submit(file, &copy.command, 1, copy.buffers, 2, 0, &number), "a job that nobody waits for");
	check(touch(copy.to.bytes + SIZE - 1) == 0, "a buffer is there for the program's child");
	if (readlink("/sys/class/accel/accel0/device", link, sizeof(link) - 1) < 0 || !strrchr(link, '/'))
		fail("/sys/class/accel/accel0/device: %s", strerror(errno));
	device = strrchr(link, '/') + 1;

	tell_driver(device, "unbind");
	check(touch(copy.from.bytes) == SIGBUS && touch(copy.to.bytes + SIZE - 1) == SIGBUS, "a buffer that was used ends with the device");
	check(touch(untouched.from.bytes) == SIGBUS, "a buffer that was not touched ends with the device");
	check(submit(file, &copy.command, 1, copy.buffers, 2, 0, &number) == -ENODEV, "no job without a device");
	check(ioctl(file, DRM_IOCTL_VNPU_BO_CREATE, &create) && errno == ENODEV, "no buffer without a device");

	tell_driver(device, "bind");
	check(submit(file, &copy.command, 1, copy.buffers, 2, 0, &number) == -ENODEV && touch(copy.from.bytes) == SIGBUS, "what went does not come back");
	munmap(copy.from.bytes, SIZE);
	munmap(copy.to.bytes, SIZE);
	munmap(untouched.from.bytes, SIZE);
	close(file);

	/* Its number was taken by the file and its buffers until now. */
	tell_driver(device, "unbind");
	tell_driver(device, "bind");
	file = open_device();
	compute(file);
	close(file);
	puts("unplugged: buffers end with the device");
}

static uint64_t random_state;

/* xorshift64: Marsaglia, "Xorshift RNGs", 2003. */
static uint64_t random_bits(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t random_below(uint64_t limit)
{
	return random_bits() % limit;
}

/* Numbers at which limits are missed. */
static uint64_t odd_number(void)
{
	static const uint64_t numbers[] = { 0, 1, 2, 7, 16, 255, 4095, 4096, 4097, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, UINT64_MAX };

	return random_below(4) ? numbers[random_below(sizeof(numbers) / sizeof(*numbers))] : random_bits();
}

/* Commands that are nearly right, so that what lies behind the first check is reached. */
static void odd_command(struct command *command)
{
	static const uint16_t operations[] = { 1, 2, 16, 17, 18, 19, 20, 21, 22 };
	unsigned char *bytes = (unsigned char *)command;
	unsigned i;

	for (i = 0; i < sizeof(*command); i++)
		bytes[i] = random_below(3) ? random_below(4) : random_bits();
	if (random_below(8))
		command->operation = operations[random_below(sizeof(operations) / sizeof(*operations))];
	if (random_below(4)) {
		struct operand *operands[] = { &command->input, &command->second, &command->parameters, &command->output };

		command->zero = 0;
		for (i = 0; i < 4; i++)
			*operands[i] = (struct operand){ .buffer = random_below(3), .offset = random_below(4) ? 0 : odd_number() };
	}
	if (random_below(2))
		command->count = random_below(64);
}

/* Calls with arguments that nobody should give. The kernel and the device must live on. */
static void fuzz(int count, uint64_t seed)
{
	enum { COMMANDS = 8, BUFFERS = 4 };
	unsigned long calls = 0, refused = 0, done = 0, failed = 0;
	int i, k, file = open_device();

	random_state = seed * 2 + 1;
	for (i = 0; i < count; i++) {
		struct command commands[COMMANDS];
		struct vnpu_buffer buffers[BUFFERS] = { { 0 } };
		struct vnpu_submit args = { .timeout_ms = 200 };
		struct vnpu_wait end = { 0 };

		/* All that a client has goes with its file. */
		if (i % 100 == 99) {
			close(file);
			file = open_device();
		}
		for (k = 0; k < BUFFERS; k++) {
			struct vnpu_bo_create create = { .size = random_below(3) ? 4096ULL << random_below(4) : odd_number() };

			/* Large ones are given, too, but memory has an end. */
			if (create.size > 1 << 20 && create.size <= VNPU_MOST_BYTES)
				create.size = 1 << 20;
			calls++;
			if (ioctl(file, DRM_IOCTL_VNPU_BO_CREATE, &create))
				refused++;
			buffers[k].handle = random_below(8) ? create.handle : odd_number();
			buffers[k].flags = random_below(8) ? VNPU_BUFFER_WRITE : odd_number();
			if (!random_below(8)) {
				void *bytes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, random_below(2) ? create.mmap_offset : odd_number() & ~4095ULL);

				if (bytes != MAP_FAILED)
					munmap(bytes, 4096);
			}
		}
		for (k = 0; k < COMMANDS; k++)
			odd_command(&commands[k]);
		args.commands = random_below(8) ? (uintptr_t)commands : odd_number();
		args.buffers = random_below(8) ? (uintptr_t)buffers : odd_number();
		args.command_count = random_below(8) ? random_below(COMMANDS) : odd_number();
		args.buffer_count = random_below(8) ? random_below(BUFFERS) : odd_number();
		args.pad = random_below(8) ? 0 : odd_number();
		calls++;
		if (ioctl(file, DRM_IOCTL_VNPU_SUBMIT, &args)) {
			refused++;
		} else if (random_below(8)) {
			end = wait_for(file, args.job);
			*(end.status == VNPU_STATUS_DONE ? &done : &failed) += 1;
		}
		end = (struct vnpu_wait){ .job = odd_number(), .timeout_ns = random_below(1000000) };
		calls++;
		refused += !!ioctl(file, DRM_IOCTL_VNPU_WAIT, &end);
		if (!random_below(4)) {
			unsigned char bytes[256];

			/* Any call of the subsystem or the driver, of any size. */
			for (k = 0; k < (int)sizeof(bytes); k++)
				bytes[k] = random_bits();
			calls++;
			refused += !!ioctl(file, _IOC(random_below(4), 'd', random_below(0x48), random_below(sizeof(bytes))), bytes);
		}
	}
	close(file);
	file = open_device();
	compute(file);
	close(file);
	printf("fuzz: seed %llu, %lu calls, %lu refused; of the jobs %lu done, %lu failed\n", (unsigned long long)seed, calls, refused, done, failed);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[2]) : 0, file;

	if (argc > 4 || (argc > 2 && (count < 1 || !strcmp(what, "unplugged"))) || (argc > 3 && strcmp(what, "fuzz"))) {
		fputs(usage, stderr);
		return 2;
	}
	if (!strcmp(what, "clients")) {
		clients(count ? count : 100);
		return 0;
	}
	if (!strcmp(what, "killed")) {
		killed(count ? count : 20);
		return 0;
	}
	if (!strcmp(what, "unplugged")) {
		unplugged();
		return 0;
	}
	if (!strcmp(what, "fuzz")) {
		fuzz(count ? count : 1000, argc > 3 ? strtoull(argv[3], NULL, 0) : 1);
		return 0;
	}
	if (strcmp(what, "info") && strcmp(what, "all") && strcmp(what, "latency") && strcmp(what, "transfer") && strcmp(what, "job")) {
		fputs(usage, stderr);
		return 2;
	}
	file = open_device();
	if (!strcmp(what, "job"))
		return job(file, count);
	if (*what == 'i' || *what == 'a')
		info(file);
	if (*what == 'a') {
		compute(file);
		refuse(file);
	}
	if (*what == 'l' || *what == 'a')
		latency(file, count ? count : 1000);
	if (*what == 't' || *what == 'a')
		transfer(file, count ? count : 100);
	return 0;
}
