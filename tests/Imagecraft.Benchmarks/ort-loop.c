/* Times a network by ONNX Runtime's C API with nothing in between, for ort-overhead.sh. Unaware of what it is compared with.
 *
 *   ort-loop LIBRARY MODEL QUERIES [shape:INPUT=SIZES | carry:INPUT=OUTPUT]...
 *
 * Prints the median and the 90th percentile in milliseconds. Session, tensors and binding are as in `imagecraft-infer bench`: one thread,
 * no graph optimization, all tensors allocated once and bound, zeros as inputs, carried values in two tensors that change places. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "onnxruntime_c_api.h"

#define MOST 32
#define WARMUP 10

typedef struct {
    char *name;
    ONNXTensorElementDataType type;
    int64_t shape[MOST];
    size_t rank;
    OrtValue *value;
} Port;

static const OrtApi *ort;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "ort-loop: %s: %s\n", what, why);
    exit(1);
}

static void check(OrtStatus *status) {
    if (status)
        fail("ONNX Runtime", ort->GetErrorMessage(status));
}

static void *read_all(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(path, "cannot be opened");
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size);
    if (!bytes || fread(bytes, 1, *size, file) != *size)
        fail(path, "cannot be read");
    fclose(file);
    return bytes;
}

/* The words behind KIND:NAME= among the arguments, or null. */
static const char *option(int count, char **words, const char *kind, const char *name) {
    size_t kind_length = strlen(kind), name_length = strlen(name);
    for (int i = 4; i < count; i++)
        if (!strncmp(words[i], kind, kind_length) && words[i][kind_length] == ':'
            && !strncmp(words[i] + kind_length + 1, name, name_length) && words[i][kind_length + 1 + name_length] == '=')
            return words[i] + kind_length + name_length + 2;
    return NULL;
}

static void allocate(Port *port, OrtAllocator *allocator, const char *sizes) {
    if (sizes) {
        char *end;
        for (port->rank = 0;; sizes = end + 1) {
            port->shape[port->rank++] = strtoll(sizes, &end, 10);
            if (*end != ',' || port->rank == MOST)
                break;
        }
    }
    check(ort->CreateTensorAsOrtValue(allocator, port->shape, port->rank, port->type, &port->value));
    void *data;
    size_t bytes;
    check(ort->GetTensorMutableData(port->value, &data));
    check(ort->GetTensorSizeInBytes(port->value, &bytes));
    memset(data, 0, bytes);
}

static void describe(Port *port, OrtTypeInfo *info) {
    const OrtTensorTypeAndShapeInfo *tensor;
    check(ort->CastTypeInfoToTensorInfo(info, &tensor));
    check(ort->GetTensorElementType(tensor, &port->type));
    check(ort->GetDimensionsCount(tensor, &port->rank));
    if (port->rank > MOST)
        fail(port->name, "too many dimensions");
    check(ort->GetDimensions(tensor, port->shape, port->rank));
    ort->ReleaseTypeInfo(info);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

int main(int count, char **words) {
    if (count < 4)
        fail("usage", "LIBRARY MODEL QUERIES [shape:INPUT=SIZES | carry:INPUT=OUTPUT]...");
    void *library = dlopen(words[1], RTLD_NOW);
    if (!library)
        fail(words[1], dlerror());
    const OrtApiBase *(*base)(void) = (const OrtApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
    if (!base || !(ort = base()->GetApi(ORT_API_VERSION)))
        fail(words[1], "is no ONNX Runtime of the header's version");

    OrtEnv *environment;
    OrtSessionOptions *options;
    OrtSession *session;
    OrtAllocator *allocator;
    size_t size, input_count, output_count;
    void *model = read_all(words[2], &size);
    check(ort->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "ort-loop", &environment));
    check(ort->CreateSessionOptions(&options));
    check(ort->SetIntraOpNumThreads(options, 1));
    check(ort->SetInterOpNumThreads(options, 1));
    check(ort->SetSessionExecutionMode(options, ORT_SEQUENTIAL));
    check(ort->SetSessionGraphOptimizationLevel(options, ORT_DISABLE_ALL));
    check(ort->CreateSessionFromArray(environment, model, size, options, &session));
    check(ort->GetAllocatorWithDefaultOptions(&allocator));
    check(ort->SessionGetInputCount(session, &input_count));
    check(ort->SessionGetOutputCount(session, &output_count));
    if (input_count > MOST || output_count > MOST)
        fail(words[2], "too many inputs or outputs");

    Port inputs[MOST], outputs[MOST];
    const char *input_names[MOST], *output_names[MOST];
    const OrtValue *given[MOST];
    OrtValue *results[MOST] = { NULL };
    for (size_t i = 0; i < input_count; i++) {
        OrtTypeInfo *info;
        check(ort->SessionGetInputName(session, i, allocator, &inputs[i].name));
        check(ort->SessionGetInputTypeInfo(session, i, &info));
        describe(&inputs[i], info);
        allocate(&inputs[i], allocator, option(count, words, "shape", inputs[i].name));
        input_names[i] = inputs[i].name;
        given[i] = inputs[i].value;
    }
    for (size_t i = 0; i < output_count; i++) {
        check(ort->SessionGetOutputName(session, i, allocator, &outputs[i].name));
        output_names[i] = outputs[i].name;
    }

    /* The first run tells the shapes of the outputs. */
    check(ort->Run(session, NULL, input_names, given, input_count, output_names, output_count, results));
    for (size_t i = 0; i < output_count; i++) {
        OrtTypeInfo *info;
        check(ort->GetTypeInfo(results[i], &info));
        describe(&outputs[i], info);
        allocate(&outputs[i], allocator, NULL);
        ort->ReleaseValue(results[i]);
    }

    OrtIoBinding *turns[2];
    int carries = 0;
    for (int turn = 0; turn < 2; turn++) {
        OrtValue *read[MOST], *written[MOST];
        for (size_t i = 0; i < input_count; i++)
            read[i] = inputs[i].value;
        for (size_t i = 0; i < output_count; i++)
            written[i] = outputs[i].value;
        for (size_t i = 0; turn == 1 && i < input_count; i++) {
            const char *output = option(count, words, "carry", inputs[i].name);
            for (size_t j = 0; output && j < output_count; j++)
                if (!strcmp(output, outputs[j].name)) {
                    read[i] = outputs[j].value;
                    written[j] = inputs[i].value;
                    carries++;
                }
        }
        check(ort->CreateIoBinding(session, &turns[turn]));
        for (size_t i = 0; i < input_count; i++)
            check(ort->BindInput(turns[turn], inputs[i].name, read[i]));
        for (size_t i = 0; i < output_count; i++)
            check(ort->BindOutput(turns[turn], outputs[i].name, written[i]));
    }

    OrtRunOptions *run;
    check(ort->CreateRunOptions(&run));
    long queries = atol(words[3]);
    int64_t *latencies = calloc((size_t)queries + 1, sizeof *latencies);
    if (queries < 1 || !latencies)
        fail(words[3], "is no number of queries");
    int alternate = carries > 0, turn = 0;
    for (long i = -WARMUP; i < queries; i++) {
        int64_t start = now();
        check(ort->RunWithBinding(session, run, turns[turn]));
        latencies[i < 0 ? 0 : i] = now() - start;
        turn ^= alternate;
    }
    qsort(latencies, (size_t)queries, sizeof *latencies, ascending);
    printf("%.6f %.6f\n", (double)latencies[queries / 2] / 1e6, (double)latencies[queries * 9 / 10] / 1e6);
    return 0;
}
