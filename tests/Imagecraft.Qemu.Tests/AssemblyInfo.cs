// Facts about this assembly for analyzers.

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
