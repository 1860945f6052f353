// The text of `--help`. Unaware of how options are read.

namespace Imagecraft.Infer.Commands;

static class Help
{
    public const string Text = """
        Runs neural networks in ONNX format or in ONNX Runtime's own (.ort).

        imagecraft-infer info MODEL
            Prints inputs, outputs, shapes, types, operator sets and size; with an accelerator also where each node runs, and why.

        imagecraft-infer run MODEL [options]
            --input NAME=FILE.npy            an input from a NumPy file
            --input NAME=FILE:TYPE[SHAPE]    an input from raw little-endian bytes, e.g. x=x.raw:float32[1,512]; of a device
                                             or a pipe, as many as the shape needs
            --inputs DIR                     all NAME.npy of a folder that are named like inputs (of a name / is %2F and % is %25)
            --output DIR                     writes each output to DIR/NAME.npy
            --sequence INPUT                 steps over the leading dimension of INPUT, of each if there are several;
                                             outputs are stacked
            --carry INPUT=OUTPUT             feeds OUTPUT of a step into INPUT of the next (zeros at first); its last value is the result
            --expect DIR                     compares the outputs with DIR/NAME.npy
            --tolerance T                    largest absolute deviation allowed by --expect (default 0)
            --mean-min V, --mean-max V       limits for the mean of the first output that is not carried

        imagecraft-infer verify MODEL-FOLDER [options]
            Computes all golden samples of a deployed model (model.onnx or model.ort, card.json, golden/SAMPLE/inputs and
            expected) and compares all outputs with the golden ones, and what is decided by them; frames, carry, tolerance and
            metric are the card's. What is no number where golden is one always fails.
            --json                           the deviations as one JSON object
            --min-share S, --max-regions N, --max-crossings N, --max-cycles N
                                             with --device npu: least share of the multiply-accumulates on the accelerator (0 to 1),
                                             most parts there, values that change sides, cycles of its clock for an inference

        imagecraft-infer bench MODEL|MODEL-FOLDER [options]
            --scenario NAME                  one of MLPerf LoadGen's, each query sent when the one before is complete:
                                               single-stream  queries of 1 sample, result p90 latency (default)
                                               multi-stream   queries of 8 samples, result p99 latency
                                               offline        one query of all samples, result samples per second
            --queries N                      at least N queries; offline: samples
            --duration SECONDS               at least that long. With neither: 10 s and 1024, 662 or 24576 queries;
                                             with one of them, that one only
            --input, --inputs                as above; inputs not given are a model folder's first golden frame, else zeros
            --shape NAME=SIZES               shape of an input whose model shape is free, e.g. x=1,512
            --carry INPUT=OUTPUT             as above; for a model folder, what its card says
            --warmup N                       queries before the measured run (default 10)
            --cpus LIST                      runs on these CPUs only, e.g. 0,2-3
            --realtime PRIORITY              runs under SCHED_FIFO, 1 to 99, with all memory locked
            --json                           figures and histogram as one JSON object

        imagecraft-infer devices
            Lists what networks can run on here: processors and accelerators, with the versions of their parts; or why there is none.

        All that load a network take
            --threads N                      threads that share one inference (default 1)
            --optimize-at-load all|none      whether the network is arranged for this machine's processor when it is loaded;
                                             when absent, what the card of a deployed model says, else all
            --device cpu|npu|auto            the processor alone (default), an accelerator as well, or that where there is one
            --require-device                 fails, and names them, when nodes that multiply do not run on the accelerator
            --load-cache DIR                 keeps arranged networks there, so that they load quickly the next time

        Exit codes: 0 done, 1 a bug of this program, 3 bad input, 4 outputs or costs are not as expected.
        """;
}
