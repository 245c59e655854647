using System.Globalization;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1006: an extracted file differs from the package's entry.</summary>
public static class ExtractedFileMismatch
{
    private const int Named = 5;

    /// <summary>Judges extracted packages; one finding per package, at the first file.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<PackageVerification> packages)
    {
        foreach (PackageVerification package in packages)
        {
            if (package.Mismatches.IsEmpty)
            {
                continue;
            }

            FileMismatch first = package.Mismatches[0];
            string files = string.Join(", ", package.Mismatches.Take(Named).Select(static mismatch => $"{mismatch.File} {Verb(mismatch.Kind)}"));
            if (package.Mismatches.Length > Named)
            {
                files += string.Create(CultureInfo.InvariantCulture, $" and {package.Mismatches.Length - Named} more");
            }

            yield return new Finding(
                RuleCatalog.ExtractedFileMismatch,
                new SourceLocation(Path.Combine(package.Directory, first.File.Replace('/', Path.DirectorySeparatorChar))),
                $"The extracted folder of {package.Id} {package.Version} is not what its package holds: {files}.",
                "This build uses those files and every other machine uses the package's, so it gives another result elsewhere.",
                $"Delete the folder and restore again: rm -r \"{package.Directory}\" && dotnet restore --force")
            {
                Subject = package.Name,
            };
        }
    }

    private static string Verb(FileMismatchKind kind) => kind switch
    {
        FileMismatchKind.Differs => "differs",
        FileMismatchKind.Missing => "is missing",
        _ => "was added",
    };
}
