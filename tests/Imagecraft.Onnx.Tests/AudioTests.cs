// Noise, WAV files and resampling: the same on every machine, and right.

using Imagecraft.Onnx.Audio;

namespace Imagecraft.Onnx.Tests;

public sealed class AudioTests
{
    [Fact]
    public void Noise_of_a_seed_is_always_the_same_and_of_another_seed_another()
    {
        Assert.Equal(new NoiseGenerator(7).Take(1000, 1), new NoiseGenerator(7).Take(1000, 1));
        Assert.NotEqual(new NoiseGenerator(7).Take(1000, 1), new NoiseGenerator(8).Take(1000, 1));
    }

    [Fact]
    public void Noise_is_white_enough_to_have_no_mean_and_the_stated_deviation()
    {
        var values = new NoiseGenerator(7).Take(100_000, 1);
        Assert.InRange(values.Average(), -0.005, 0.005);
        Assert.InRange(Math.Sqrt(values.Average(value => (double)value * value)), 0.284, 0.294);
        Assert.All(values, value => Assert.InRange(value, -1, 1));
    }

    [Fact]
    public void A_tone_keeps_its_pitch_and_loudness_at_another_rate()
    {
        var tone = Tone(1000, 22050, 22050);
        var resampled = Resampler.To(new(22050, tone), 16000);
        Assert.Equal(16000, resampled.Samples.Length);
        var wanted = Tone(1000, 16000, 16000);
        for (var i = 200; i < 15800; i++)
            Assert.InRange(resampled.Samples[i] - wanted[i], -0.002, 0.002);
    }

    [Fact]
    public void A_tone_above_the_new_limit_vanishes()
    {
        var resampled = Resampler.To(new(44100, Tone(12000, 44100, 44100)), 16000);
        Assert.All(resampled.Samples[200..15800], value => Assert.InRange(value, -0.01, 0.01));
    }

    [Fact]
    public void Sines_by_series_are_right_to_the_last_digits()
    {
        for (var x = -9.0; x < 9; x += 0.013)
            Assert.Equal(Math.Sin(Math.PI * x), Resampler.SinPi(x), 12);
    }

    [Fact]
    public void A_wav_file_gives_rate_and_mean_of_its_channels()
    {
        var sound = WavReader.Parse(Wav(2, 22050, 16384, -16384, 32767, 32767), "s.wav");
        Assert.Equal(22050, sound.Rate);
        Assert.Equal([0, 32767 / 32768f], sound.Samples);
    }

    [Fact]
    public void Every_truncation_of_a_wav_file_is_an_error_that_names_it()
    {
        var bytes = Wav(1, 16000, 1, 2, 3, 4);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Contains("`s.wav` is not a usable WAV file", Assert.Throws<OnnxException>(() => WavReader.Parse(bytes.AsSpan(0, length), "s.wav")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_wav_files_never_give_another_exception()
    {
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Wav(1, 16000, 1, 2, 3, 4);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                WavReader.Parse(bytes, "s.wav");
            }
            catch (OnnxException problem)
            {
                Assert.Contains("`s.wav`", problem.Message, StringComparison.Ordinal);
            }
        }
    }

    static float[] Tone(double hertz, int rate, int count) => [.. Enumerable.Range(0, count).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * i / rate)))];

    static byte[] Wav(short channels, int rate, params short[] samples)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * samples.Length));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write(channels);
        writer.Write(rate);
        writer.Write(rate * 2 * channels);
        writer.Write((short)(2 * channels));
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * samples.Length);
        foreach (var sample in samples)
            writer.Write(sample);
        return stream.ToArray();
    }
}
