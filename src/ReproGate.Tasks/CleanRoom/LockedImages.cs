using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReproGate.Facts;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>The section <c>images</c> of reprogate.lock.json: an image's name and the digest (or, without a registry, the id) that pins it.</summary>
internal static class LockedImages
{
    private const string Section = "images";
    private const string Field = "digest";

    /// <summary>The pin of an image; empty where there is none. A malformed file is RGATE0001, told by the locked-restore gate.</summary>
    public static string PinOf(string lockFile, string image)
    {
        try
        {
            return File.Exists(lockFile)
                && JsonNode.Parse(File.ReadAllText(lockFile)) is JsonObject file
                && file[Section] is JsonObject images
                && images[image] is JsonObject entry
                && entry[Field] is JsonValue value
                && value.TryGetValue(out string? pin) ? pin : "";
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Writes an image's pin, in the file's own form; other entries stay.</summary>
    /// <returns>Whether the file was changed; a malformed one is not.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static bool Write(string lockFile, string image, string pin, string lockDirectory, CancellationToken cancellation)
    {
        bool changed = false;
        string name = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(lockFile)))[..16];
        NuGet.Verification.AtomicFile.WhileLocked(Path.Combine(lockDirectory, $"reprogate.lock.{name}.lock"), TimeSpan.FromSeconds(60), cancellation, () =>
        {
            ReproGateLock? current = ReproGateLockReader.Read(lockFile, out _);
            if (current is null)
            {
                return;
            }

            byte[] old = current.Exists ? File.ReadAllBytes(lockFile) : [];
            JsonObject file = current.Exists ? JsonNode.Parse(old)!.AsObject() : new JsonObject { ["version"] = ReproGateLockReader.FormatVersion };
            if (file[Section] is not JsonObject images)
            {
                file[Section] = images = [];
            }

            images[image] = new JsonObject { [Field] = pin };
            byte[] updated = ReproGateLockWriter.Write(current.Entries, Encoding.UTF8.GetBytes(file.ToJsonString()));
            changed = AtomicFile.WriteAllBytesIfDifferent(lockFile, updated);
        });
        return changed;
    }
}
