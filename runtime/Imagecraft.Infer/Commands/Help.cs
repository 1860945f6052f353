// The text of `--help`. Unaware of how options are read.

namespace Imagecraft.Infer.Commands;

static class Help
{
    public const string Text = """
        Runs neural networks in ONNX format or in ONNX Runtime's own (.ort).

        imagecraft-infer info MODEL
            Prints inputs, outputs, shapes, types, operator sets and size.

        imagecraft-infer run MODEL [options]
            --input NAME=FILE.npy            an input from a NumPy file
            --input NAME=FILE:TYPE[SHAPE]    an input from raw little-endian bytes, e.g. x=x.raw:float32[1,512]
            --inputs DIR                     all NAME.npy of a folder that are named like inputs
            --output DIR                     writes each output to DIR/NAME.npy
            --sequence INPUT                 steps over the leading dimension of INPUT; outputs are stacked
            --carry INPUT=OUTPUT             feeds OUTPUT of a step into INPUT of the next (zeros at first); its last value is the result
            --expect DIR                     compares the outputs with DIR/NAME.npy
            --tolerance T                    largest absolute deviation allowed by --expect (default 0)
            --mean-min V, --mean-max V       limits for the mean of the first output
            --threads N                      (default 1)

        imagecraft-infer verify MODEL-FOLDER [options]
            Computes all golden samples of a deployed model (model.onnx or model.ort, card.json, golden/SAMPLE/inputs and
            expected) and compares the outputs with the golden ones; frames, carry and tolerance are the card's.
            --threads N                      (default 1)
            --json                           the deviations as one JSON object

        imagecraft-infer bench MODEL [options]
            --input, --inputs                as above; inputs not given are zeros
            --shape NAME=SIZES               shape of an input whose model shape is free, e.g. x=1,512
            --warmup N, --runs N             (default 10 and 100)
            --threads N                      (default 1)
            --json                           figures as one JSON object

        Exit codes: 0 done, 1 a bug of this program, 3 bad input, 4 outputs differ from what is expected.
        """;
}
