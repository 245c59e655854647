using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes a CycloneDX 1.6 bill of materials: the packages the room's build got, and what it made of them. The same build gives the same file, its serial number and time included.</summary>
public static class BillOfMaterials
{
    /// <summary>Writes the bill.</summary>
    public static byte[] Write(CleanRoomReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(8 << 10);
        using (var json = new Utf8JsonWriter(buffer, CleanRoomJson.WriterOptions))
        {
            string root = $"{report.Repository}@{report.Commit}";
            json.WriteStartObject();
            json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteString("serialNumber", $"urn:uuid:{Serial(report)}");
            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WriteStartObject("tools");
            json.WriteStartArray("components");
            json.WriteStartObject();
            json.WriteString("type", "application");
            json.WriteString("name", "ReproGate");
            json.WriteString("version", report.ToolVersion);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("component");
            json.WriteString("type", "application");
            json.WriteString("bom-ref", root);
            json.WriteString("name", report.Repository);
            json.WriteString("version", report.Commit);
            json.WriteEndObject();
            if (report.IsWeakerRoom)
            {
                json.WriteStartArray("properties");
                json.WriteStartObject();
                json.WriteString("name", "reprogate:weakerRoom");
                json.WriteString("value", report.Paths.Scrub($"{report.Engine}: {string.Join("; ", report.Weaker)}"));
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteStartArray("components");
            foreach (ReportPackage package in Packages(report))
            {
                WritePackage(json, package);
            }

            foreach (ManifestEntry output in report.Outputs?.Entries.Where(static entry => entry.Sha256.Length > 0) ?? [])
            {
                json.WriteStartObject();
                json.WriteString("type", "file");
                json.WriteString("bom-ref", $"file:{output.Path}");
                json.WriteString("name", output.Path);
                WriteHash(json, "SHA-256", output.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("dependencies");
            json.WriteStartObject();
            json.WriteString("ref", root);
            json.WriteStartArray("dependsOn");
            foreach (ReportPackage package in Packages(report))
            {
                json.WriteStringValue(Purl(package));
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    internal static string Purl(ReportPackage package) => $"pkg:nuget/{Uri.EscapeDataString(package.Id)}@{Uri.EscapeDataString(package.Version)}";

    /// <summary>The package's hash as hexadecimal digits; null where it has none or it is no base64.</summary>
    internal static string? Hex(ReportPackage package)
    {
        byte[] bytes = new byte[SHA512.HashSizeInBytes];
        return Convert.TryFromBase64String(package.ContentHash, bytes, out int written) && written == bytes.Length ? Convert.ToHexStringLower(bytes) : null;
    }

    private static IEnumerable<ReportPackage> Packages(CleanRoomReport report) => report.Packages
        .DistinctBy(Purl, StringComparer.OrdinalIgnoreCase)
        .OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase)
        .ThenBy(static package => package.Version, StringComparer.Ordinal);

    private static void WritePackage(Utf8JsonWriter json, ReportPackage package)
    {
        json.WriteStartObject();
        json.WriteString("type", "library");
        json.WriteString("bom-ref", Purl(package));
        json.WriteString("name", package.Id);
        json.WriteString("version", package.Version);
        json.WriteString("purl", Purl(package));
        if (Hex(package) is { } hash)
        {
            WriteHash(json, "SHA-512", hash);
        }

        json.WriteEndObject();
    }

    private static void WriteHash(Utf8JsonWriter json, string algorithm, string content)
    {
        json.WriteStartArray("hashes");
        json.WriteStartObject();
        json.WriteString("alg", algorithm);
        json.WriteString("content", content);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // Version 8 of RFC 9562: from the content, not by lot.
    private static Guid Serial(CleanRoomReport report)
    {
        string name = $"{report.Repository}\n{report.Commit}\n{report.Entry}\n{string.Join('\n', Packages(report).Select(Purl))}\n{report.Outputs?.ToText()}";
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
