// All that the provider tells of itself, as JSON. Unaware of ONNX Runtime's tables.

using System.Text.Json;
using Imagecraft.Vnpu.Provider.Driver;

namespace Imagecraft.Vnpu.Provider;

/// <summary>Accelerators that were found, why others were not used, and all sessions in the order in which they began. For threads.</summary>
internal static class ProviderReport
{
    private static readonly Lock Lock = new();
    private static readonly List<SessionReport> Sessions = [];

    /// <summary>Begins a session.</summary>
    public static SessionReport Begin(AcceleratorInfo device)
    {
        var session = new SessionReport(device);
        lock (Lock)
            Sessions.Add(session);
        return session;
    }

    /// <summary>The report.</summary>
    public static byte[] Write()
    {
        var (found, reasons) = Accelerator.List();
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("provider", Factory.Name);
            json.WriteString("version", Factory.Version);
            json.WriteStartArray("devices");
            foreach (var device in found)
            {
                json.WriteStartObject();
                json.WriteString("path", device.Path);
                json.WriteString("driver", device.Driver);
                json.WriteString("hardware", device.Hardware);
                json.WriteString("firmware", device.Firmware);
                json.WriteNumber("clockHertz", device.ClockHertz);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("reasons");
            foreach (var reason in reasons)
                json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WriteStartArray("sessions");
            lock (Lock)
                foreach (var session in Sessions)
                    session.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
