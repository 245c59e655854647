using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1007: a version floats or has no inclusive lower bound, so what it means depends on the day and the feed.</summary>
public static class FloatingVersion
{
    /// <summary>Judges the packages a project declares.</summary>
    /// <param name="project">The project.</param>
    /// <param name="files">The repository's files of its evaluation, to find where a version is written.</param>
    /// <param name="lockedVersion">The version the lock file resolved for a package id; null where it knows none.</param>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, RepositoryFiles files, Func<string, string?> lockedVersion)
    {
        foreach (DeclaredPackage package in project.Packages.Where(static package => !package.Implicit))
        {
            // Without a version under central management NuGet itself fails (NU1010); that is no floating version.
            if (package.Version.Length == 0 && project.CentralVersions)
            {
                continue;
            }

            if (Judge(package, files, ["PackageReference", "GlobalPackageReference", "PackageVersion"], lockedVersion(package.Id)) is { } finding)
            {
                yield return finding;
            }
        }

        // A pinned transitive package takes its central version without any reference; the lock file knows which ones those are.
        if (project.CentralTransitivePinning)
        {
            foreach (DeclaredPackage central in project.CentralPackages)
            {
                if (lockedVersion(central.Id) is { } locked
                    && !project.Packages.Any(package => package.Id.Equals(central.Id, StringComparison.OrdinalIgnoreCase))
                    && Judge(central, files, ["PackageVersion"], locked) is { } finding)
                {
                    yield return finding;
                }
            }
        }

        foreach (DeclaredPackage download in project.Downloads)
        {
            foreach (string version in download.Version.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).DefaultIfEmpty(""))
            {
                if (Judge(download with { Version = version }, files, ["PackageDownload"], null) is { } finding)
                {
                    yield return finding;
                }
            }
        }
    }

    /// <summary>Judges versions written in JSON files: tool manifests and the <c>msbuild-sdks</c> of global.json.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<DeclaredVersion> versions, string kind)
    {
        foreach (DeclaredVersion declared in versions)
        {
            if (IsFault(VersionText.Classify(declared.Version)))
            {
                yield return new Finding(
                    RuleCatalog.FloatingVersion,
                    declared.Span.Start,
                    $"The {kind} {declared.Id} is declared with {Describe(declared.Version)}.",
                    Why(declared.Version),
                    $"Write one exact version of {declared.Id}, for example the one in use today, instead of '{declared.Version}'.")
                {
                    Subject = declared.Id,
                };
            }
        }
    }

    /// <summary>Judges the versions of MSBuild SDKs in files of the repository: <c>Sdk="X/1.*"</c>, <c>&lt;Sdk Name= Version=&gt;</c>, <c>&lt;Import Sdk= Version=&gt;</c>.</summary>
    public static IEnumerable<Finding> CheckSdks(RepositoryFiles files)
    {
        foreach (SdkDeclaration sdk in SdkDeclaration.Of(files))
        {
            if (sdk.Version.Length > 0 && !sdk.Version.Contains('$') && IsFault(VersionText.Classify(sdk.Version)))
            {
                yield return new Finding(
                    RuleCatalog.FloatingVersion,
                    sdk.Location,
                    $"The MSBuild SDK {sdk.Name} is declared with {Describe(sdk.Version)}.",
                    Why(sdk.Version),
                    $"Write one exact version of {sdk.Name} instead of '{sdk.Version}', there or in the msbuild-sdks of global.json.")
                {
                    Subject = sdk.Name,
                };
            }
        }
    }

    private static Finding? Judge(DeclaredPackage package, RepositoryFiles files, string[] types, string? locked)
    {
        if (!IsFault(VersionText.Classify(package.Version)))
        {
            return null;
        }

        (SourceLocation at, TextSpan? span) = Locate(package, files, types);
        return new Finding(
            RuleCatalog.FloatingVersion,
            at,
            $"The package {package.Id} is declared with {Describe(package.Version)}.",
            Why(package.Version),
            locked is not null
                ? $"Write the version that is locked: {(package.Version.Length == 0 ? $"add Version=\"{locked}\"" : $"\"{locked}\" instead of \"{package.Version}\"")}, then run: dotnet restore --force-evaluate"
                : $"Write an exact version or a range with an inclusive lower bound, for example \"1.2.3\" or \"[1.2.3, 2.0.0)\", then run: dotnet restore --force-evaluate")
        {
            Subject = package.Id,
            Edits = locked is not null && span is not null ? [span.Replace(locked)] : [],
        };
    }

    /// <summary>
    /// The text that holds the version: the attribute or element of the item whose value it is, or the property it is taken from.
    /// Falls back to the item, then to the file that defines it.
    /// </summary>
    private static (SourceLocation At, TextSpan? Span) Locate(DeclaredPackage package, RepositoryFiles files, string[] types)
    {
        ProjectElement? item = null;
        foreach (string type in types)
        {
            foreach (ProjectElement candidate in files.Items(type, package.Id))
            {
                item ??= candidate;
                foreach ((string text, SourceLocation at, TextSpan? span) in Versions(candidate, files))
                {
                    if (Matches(text, package.Version))
                    {
                        return (at, span);
                    }

                    if (PropertyName(text) is { } property
                        && files.Properties(property).LastOrDefault(element => Matches(element.Text, package.Version)) is { } definition)
                    {
                        return (definition.TextSpan?.Start ?? definition.Location, definition.TextSpan);
                    }
                }
            }
        }

        return item is not null ? (item.Location, null) : (new SourceLocation(package.DefiningFile), null);
    }

    private static IEnumerable<(string Text, SourceLocation At, TextSpan? Span)> Versions(ProjectElement item, RepositoryFiles files)
    {
        foreach (string name in (ImmutableArray<string>)["VersionOverride", "Version"])
        {
            if (item.Attribute(name) is { } attribute)
            {
                yield return (attribute.Value, attribute.Location, attribute.Span);
            }

            foreach (ProjectElement child in files.Elements.Where(element => ReferenceEquals(element.ParentItem, item) && element.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return (child.Text, child.TextSpan?.Start ?? child.Location, child.TextSpan);
            }
        }
    }

    // An empty version never stands anywhere as text; a list of versions (PackageDownload) holds it as a part.
    private static bool Matches(string text, string version) => version.Length > 0 && text.Split(';', StringSplitOptions.TrimEntries).Contains(version, StringComparer.OrdinalIgnoreCase);

    private static string? PropertyName(string text) => text.StartsWith("$(", StringComparison.Ordinal) && text.EndsWith(')') && text.IndexOf('(', 2) < 0 ? text[2..^1].Trim() : null;

    private static bool IsFault(VersionKind kind) => kind is VersionKind.Any or VersionKind.Floating or VersionKind.NoLowerBound;

    private static string Describe(string version) => VersionText.Classify(version) switch
    {
        VersionKind.Any => "no version at all",
        VersionKind.Floating => $"the floating version '{version}'",
        _ => $"the range '{version}', which has no inclusive lower bound",
    };

    private static string Why(string version) => VersionText.Classify(version) == VersionKind.Floating
        ? "It resolves to whatever is the newest on the feed that day, so the next lock is another one without any edit."
        : "It resolves to the lowest version the feed has that day, so another feed or another day gives another one.";
}
