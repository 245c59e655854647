using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ReproGate.CleanRoom.Packages;

/// <summary>A package that the room gets, its bytes verified against a lock.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version, normalised.</param>
/// <param name="ContentHash">Its content hash, as the lock has it.</param>
/// <param name="Directory">Absolute path of its extracted folder on this machine.</param>
public sealed record RoomPackage(string Id, string Version, string ContentHash, string Directory);

/// <summary>What the fetch, the only phase with network, gives to the room.</summary>
/// <param name="Packages">The packages.</param>
/// <param name="SourceKeys">Keys of the package sources in effect here; the room's own configuration names the same, without address or credentials.</param>
public sealed record RoomPackages(ImmutableArray<RoomPackage> Packages, ImmutableArray<string> SourceKeys)
{
    /// <summary>A name for exactly these packages, 16 hexadecimal digits.</summary>
    public string Key
    {
        get
        {
            IEnumerable<string> lines = Packages.Select(static package => $"{package.Id.ToLowerInvariant()}/{package.Version.ToLowerInvariant()} {package.ContentHash}\n").Order(StringComparer.Ordinal);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))))[..16];
        }
    }

    /// <summary>The user-level NuGet.Config of the room: the same source keys, so that source mapping means the same, and an empty folder behind each.</summary>
    public string NuGetConfig(string emptyFolder)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<configuration>\n  <packageSources>\n");
        foreach (string key in SourceKeys)
        {
            text.Append("    <add key=\"").Append(System.Security.SecurityElement.Escape(key)).Append("\" value=\"").Append(emptyFolder).Append("\" />\n");
        }

        return text.Append("  </packageSources>\n</configuration>\n").ToString();
    }
}
