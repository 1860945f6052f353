// Trains the Fashion-MNIST classifier of this folder's recipe and writes it as ONNX. How to run it: README.md.

using System.Globalization;
using FashionMnist;
using TorchSharp;
using static TorchSharp.torch;

const long Seed = 20260101;
const int BatchSize = 128, HeldOut = 5000;
const double PeakRate = 4e-3, WeightDecay = 2e-2, Smoothing = 0.05;

if (args is not [var data, var output, var epochsText] || !int.TryParse(epochsText, CultureInfo.InvariantCulture, out var epochs) || epochs < 1)
{
    Console.Error.WriteLine("Usage: train-fashion-mnist FOLDER-OF-THE-DATASET OUTPUT.onnx EPOCHS");
    return 3;
}

random.manual_seed(Seed);
var all = Examples.Read(data, "train");
var (training, chosenBy) = (all.Slice(0, all.Count - HeldOut), all.Slice(all.Count - HeldOut, all.Count));
using var network = new ClothingNetwork();
using var optimizer = optim.AdamW(network.parameters(), lr: PeakRate, weight_decay: WeightDecay);
var steps = epochs * (training.Count / BatchSize);
var (step, best) = (0L, 0.0);
for (var epoch = 1; epoch <= epochs; epoch++)
{
    var started = DateTime.UtcNow;
    network.train();
    using var order = randperm(training.Count);
    var sum = 0.0;
    for (var batch = 0; batch < training.Count / BatchSize; batch++)
    {
        using var scope = NewDisposeScope();
        // One rise over the first tenth, then a cosine down to zero.
        var progress = (double)step / steps;
        var rate = progress < 0.1 ? PeakRate * (0.05 + (9.5 * progress)) : PeakRate * (1 + Math.Cos(Math.PI * (progress - 0.1) / 0.9)) / 2;
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        var examples = training.Pick(order.slice(0, batch * BatchSize, (batch + 1) * BatchSize, 1)).Varied();
        optimizer.zero_grad();
        var error = Loss(network.forward(examples.Images), examples.Labels);
        error.backward();
        optimizer.step();
        sum += error.item<float>();
        step++;
    }
    network.eval();
    var share = Share(chosenBy, Logits);
    Console.WriteLine(FormattableString.Invariant($"epoch {epoch}: loss {sum / (training.Count / BatchSize):F4}, held out {share:P2}, {(DateTime.UtcNow - started).TotalSeconds:F0} s"));
    if (share <= best)
        continue;
    best = share;
    OnnxExport.Write(network, output);
}

Console.WriteLine(FormattableString.Invariant($"held out {best:P2}, {new FileInfo(output).Length} bytes"));
return 0;

// Cross entropy against labels of which a share is spread over all classes.
static Tensor Loss(Tensor logits, Tensor labels)
{
    var logarithms = nn.functional.log_softmax(logits, 1);
    return -((1 - Smoothing) * logarithms.gather(1, labels.unsqueeze(1)).mean()) - (Smoothing * logarithms.mean());
}

Tensor Logits(Tensor images)
{
    using var quiet = no_grad();
    return network.forward(images);
}

static double Share(Examples examples, Func<Tensor, Tensor> logits)
{
    const int Most = 500;
    var right = 0L;
    for (var start = 0L; start < examples.Count; start += Most)
    {
        using var scope = NewDisposeScope();
        var some = examples.Slice(start, Math.Min(start + Most, examples.Count));
        right += (logits(some.Images).argmax(1) == some.Labels).sum().item<long>();
    }
    return (double)right / examples.Count;
}
