using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Repository.Evaluation;

namespace ReproGate.Repository.Machine;

/// <summary>Finds the files that an evaluation takes from outside the repository, and the element that brings each in.</summary>
public static class OutsideFilesReader
{
    /// <summary>Imported files. One that declares nothing decides nothing and is left out; so is one that the caller of the build names in a global property.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="imports">Absolute paths of imported files.</param>
    /// <param name="territory">Where files may come from.</param>
    /// <param name="own">The repository's own files.</param>
    /// <param name="project">The evaluation.</param>
    public static ImmutableArray<OutsideFile> Imports(string projectPath, IEnumerable<string> imports, Territory territory, RepositoryFiles own, IEvaluatedProject project)
    {
        var found = ImmutableArray.CreateBuilder<OutsideFile>();
        foreach (string path in imports.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal))
        {
            if (BuildFolders.IsOutside(territory, path)
                && !project.GlobalProperties.Values.Any(value => value.Contains(path, StringComparison.Ordinal))
                && ProjectFileReader.Read(path, []) is not { Elements.Length: <= 1 })
            {
                found.Add(new OutsideFile(InputKind.Import, "", path, ImportOf(path, own, project) ?? new SourceLocation(projectPath)));
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Items that name files. Those that packages or the SDK declare are theirs to answer for.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="items">The items or properties.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="territory">Where files may come from.</param>
    /// <param name="own">The repository's own files.</param>
    /// <param name="project">The evaluation.</param>
    /// <param name="isRestoring">Whether this is the evaluation of a restore, which does not know what restore brings: a path below a property without a value is left to the build.</param>
    public static ImmutableArray<OutsideFile> Items(string projectPath, IEnumerable<NamedFile> items, InputKind kind, Territory territory, RepositoryFiles own, IEvaluatedProject project, bool isRestoring)
    {
        string directory = Path.GetDirectoryName(projectPath)!;
        return
        [
            .. items.Where(item => territory.IsOutside(item.Path)
                    && (item.DefiningFile.Length == 0 || !territory.IsGiven(item.DefiningFile))
                    && BuildFolders.IsOutside(territory, item.Path))
                .Select(item => (Item: item, Element: kind == InputKind.Property ? own.Properties(item.Type).LastOrDefault() : ElementOf(item, directory, own, project)))
                .Where(found => !isRestoring || found.Element is null || !Written(found.Element, own).Any(text => IsBelowNothing(text, project)))
                .Select(static found => (found.Item, found.Element?.Location))
                // A glob is one element, however much it takes in.
                .GroupBy(found => (found.Item.Type, Place: found.Location?.ToString() ?? found.Item.Path))
                .Select(group => new OutsideFile(kind, kind == InputKind.Reference ? group.First().Item.Include : group.Key.Type, group.First().Item.Path, group.First().Location ?? new SourceLocation(projectPath)) { Further = group.Count() - 1 }),
        ];
    }

    /// <summary>The element of the repository's own files that declares an item; null where none names it.</summary>
    public static SourceLocation? ItemOf(NamedFile item, string projectDirectory, RepositoryFiles own, IEvaluatedProject project) => ElementOf(item, projectDirectory, own, project)?.Location;

    private static ProjectElement? ElementOf(NamedFile item, string projectDirectory, RepositoryFiles own, IEvaluatedProject project)
    {
        foreach (ProjectElement element in own.Elements.Where(element => element.Parent == "ItemGroup" && element.Name.Equals(item.Type, StringComparison.OrdinalIgnoreCase) && element["Include"].Length > 0))
        {
            string include = element["Include"];
            if (include.Equals(item.Include, StringComparison.OrdinalIgnoreCase))
            {
                return element;
            }

            foreach (string part in (OwnFiles.Expand(project, include, element.Location.File) ?? include).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                int wildcard = part.AsSpan().IndexOfAny('*', '?');
                if (OwnFiles.Absolute(wildcard < 0 ? part : part[..wildcard], projectDirectory) is { } path
                    && (path.Equals(item.Path, StringComparison.OrdinalIgnoreCase) || (wildcard >= 0 && item.Path.StartsWith(path, StringComparison.OrdinalIgnoreCase))))
                {
                    return element;
                }
            }
        }

        return null;
    }

    // What names the file: the item, the hint of a reference, or the property's own text.
    private static IEnumerable<string> Written(ProjectElement element, RepositoryFiles own) =>
        own.Elements.Where(child => child.Name == "HintPath" && child.ParentItem?.Location == element.Location).Select(static child => child.Text)
            .Append(element["HintPath"]).Append(element["Include"]).Append(element.Text)
            .SelectMany(static text => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // $(PkgAcme_Data)/x and $(NuGetPackageRoot)/x read as /x until a restore has said where packages are.
    private static bool IsBelowNothing(string text, IEvaluatedProject project)
    {
        int end = text.StartsWith("$(", StringComparison.Ordinal) ? text.IndexOf(')', StringComparison.Ordinal) : -1;
        return end > 0 && end + 1 < text.Length && text[end + 1] is '/' or '\\' && project.Expand(text[..(end + 1)]) is "";
    }

    private static SourceLocation? ImportOf(string path, RepositoryFiles own, IEvaluatedProject project)
    {
        SourceLocation? byName = null;
        foreach (ProjectElement element in own.Elements.Where(static element => element.Name == "Import" && element["Project"].Length > 0))
        {
            string written = element["Project"];
            string file = element.Location.File;
            if (OwnFiles.Expand(project, written, file) is { } expanded && OwnFiles.Absolute(expanded, Path.GetDirectoryName(file)!) is { } target)
            {
                int wildcard = target.AsSpan().IndexOfAny('*', '?');
                if (target.Equals(path, StringComparison.OrdinalIgnoreCase) || (wildcard > 0 && path.StartsWith(target[..wildcard], StringComparison.OrdinalIgnoreCase)))
                {
                    return element.Location;
                }
            }

            // A path computed from the file's own place; the name is in it all the same.
            if (written.Contains(Path.GetFileName(path), StringComparison.OrdinalIgnoreCase))
            {
                byName ??= element.Location;
            }
        }

        return byName;
    }
}
