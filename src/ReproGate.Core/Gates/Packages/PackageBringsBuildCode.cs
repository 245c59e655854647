using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2106: a package that the commit does not have brings code that runs in the build: MSBuild files or analyzers.</summary>
public static class PackageBringsBuildCode
{
    private const int Named = 3;

    /// <summary>Judges new packages; another version of a known package is not news.</summary>
    /// <param name="packages">The packages that are new.</param>
    /// <param name="files">A package's files, with forward slashes; empty where it is not restored.</param>
    public static IEnumerable<Finding> Check(IEnumerable<NewPackage> packages, Func<NewPackage, ImmutableArray<string>> files)
    {
        foreach (NewPackage package in packages.Where(static package => package.IsIdNew))
        {
            ImmutableArray<string> code = [.. CodeOf(files(package)).Where(file => IsTaken(package, file))];
            if (code.IsEmpty)
            {
                continue;
            }

            string named = string.Join(", ", code.Take(Named)) + (code.Length > Named ? $" and {Words.Count(code.Length - Named, "other file")}" : "");
            string brought = package.Kind == PackageDeclarationKind.Transitive ? ", which another package brings," : "";
            yield return new Finding(
                RuleCatalog.PackageBringsBuildCode,
                package.Location,
                $"The new package {package.Name}{brought} runs code in the build: {named}.",
                "It runs on every machine that builds, with the rights of whoever builds, before any test or review sees what it does.",
                "Look at these files before you commit the lock file. Where only its assemblies are wanted, say so: ExcludeAssets=\"build;buildTransitive;buildMultitargeting;analyzers\".")
            {
                Subject = package.Id,
            };
        }
    }

    /// <summary>Whether the reference lets a file into the build: what it excludes NuGet does not import.</summary>
    private static bool IsTaken(NewPackage package, string file)
    {
        // Of build/ and what is for several frameworks, one word says it.
        string word = file[..file.IndexOf('/')].ToLowerInvariant() is var folder && folder is "analyzers" or "buildtransitive" ? folder : "build";
        return (package.IncludeAssets.Length == 0 || Names(package.IncludeAssets)) && !Names(package.ExcludeAssets);

        bool Names(string assets) => assets.Split([';', ','], StringSplitOptions.TrimEntries).Any(name => name.Equals("all", StringComparison.OrdinalIgnoreCase) || name.Equals(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The files of a package that NuGet imports into the build or hands to the compiler.</summary>
    public static ImmutableArray<string> CodeOf(ImmutableArray<string> files) => files.IsDefaultOrEmpty ? [] : [.. files.Where(IsCode).Order(StringComparer.Ordinal)];

    private static bool IsCode(string file)
    {
        int slash = file.IndexOf('/');
        string folder = slash < 0 ? "" : file[..slash].ToLowerInvariant();
        return folder switch
        {
            "build" or "buildtransitive" or "buildcrosstargeting" or "buildmultitargeting" => file.EndsWith(".props", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".targets", StringComparison.OrdinalIgnoreCase),
            // Satellite assemblies hold texts.
            "analyzers" => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && !file.EndsWith(".resources.dll", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }
}
