using System.Collections.Frozen;

namespace ReproGate.Gates.Packages.Names;

/// <summary>
/// The shipped list of well-known package ids, counted over public repositories by eng/ReproGate.PackageNames; docs/well-known-packages.md
/// tells from which. Every one was on some feed when its repositories last restored; whether a given feed has it, that feed must say.
/// </summary>
public static class WellKnownPackages
{
    private static readonly Lazy<WellKnownPackage[]> Listed = new(Read);
    private static readonly Lazy<FrozenDictionary<string, WellKnownPackage>> ById = new(static () => Listed.Value.ToFrozenDictionary(static package => package.Id, StringComparer.OrdinalIgnoreCase));

    /// <summary>All of them, the most referenced first.</summary>
    public static IReadOnlyList<WellKnownPackage> All => Listed.Value;

    /// <summary>The well-known package of this id, whatever its letter case; null where it is not well known.</summary>
    public static WellKnownPackage? Find(string id) => ById.Value.GetValueOrDefault(id);

    private static WellKnownPackage[] Read()
    {
        var packages = new List<WellKnownPackage>(4096);
        foreach (string line in NameData.Lines("well-known-packages.txt"))
        {
            string[] fields = line.Split('\t');
            packages.Add(new WellKnownPackage(fields[1], packages.Count + 1, fields.Length > 2 ? fields[2] : ""));
        }

        return [.. packages];
    }
}
