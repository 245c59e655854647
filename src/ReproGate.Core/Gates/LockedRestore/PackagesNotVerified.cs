using System.Globalization;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE0090 for the bytes: packages whose content could not be compared with what was locked.</summary>
public static class PackagesNotVerified
{
    private const int Named = 5;

    /// <summary>One finding per project for all its packages that could not be judged, so that an offline cache does not bring hundreds.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<PackageVerification> packages, string projectPath)
    {
        List<PackageVerification> open = [.. packages.Where(static package => package.NotVerified is not null).OrderBy(static package => package.Name, StringComparer.OrdinalIgnoreCase)];
        if (open.Count == 0)
        {
            yield break;
        }

        string names = string.Join("; ", open.Take(Named).Select(static package => $"{package.Id} {package.Version} ({package.NotVerified})"));
        if (open.Count > Named)
        {
            names += string.Create(CultureInfo.InvariantCulture, $" and {open.Count - Named} more");
        }

        yield return new Finding(
            RuleCatalog.CheckCouldNotRun,
            new SourceLocation(projectPath),
            $"RGATE1005 and RGATE1006 could not look at the bytes of {names}.",
            "Whether these packages are the ones that were locked is not known.",
            "Restore them from their feed into a packages folder that keeps the .nupkg beside the extracted files: dotnet restore --force")
        {
            Subject = "bytes",
        };
    }
}
