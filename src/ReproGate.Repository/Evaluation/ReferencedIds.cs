using ReproGate.Facts;

namespace ReproGate.Repository.Evaluation;

/// <summary>Finds which package ids the files of a work tree reference, whatever their conditions.</summary>
public static class ReferencedIds
{
    private const int DirectiveBytes = 2;

    /// <summary>Those of some ids that an MSBuild file references, or a <c>#:package</c> line of a file-based app.</summary>
    /// <param name="files">Absolute paths of MSBuild and C# files.</param>
    /// <param name="ids">The ids to look for; one that is written by an expression is not found.</param>
    /// <param name="cancellation">Ends the search when the build is cancelled.</param>
    public static IReadOnlySet<string> Of(IEnumerable<string> files, IReadOnlySet<string> ids, CancellationToken cancellation)
    {
        HashSet<string> found = new(StringComparer.OrdinalIgnoreCase);
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (found.Count == ids.Count)
            {
                break;
            }

            if (file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase))
            {
                found.UnionWith(BeginsWithDirective(file) ? ids.Where(id => !found.Contains(id) && PackageDirectives.Find(file, id) is not null) : []);
                continue;
            }

            foreach (ProjectElement element in ProjectFileReader.Read(file, [])?.Elements ?? [])
            {
                if (element.Parent == "ItemGroup" && (element.Name.Equals("PackageReference", StringComparison.OrdinalIgnoreCase) || element.Name.Equals("GlobalPackageReference", StringComparison.OrdinalIgnoreCase)))
                {
                    found.UnionWith(element["Include"].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(ids.Contains));
                }
            }
        }

        return found;
    }

    /// <summary>The MSBuild SDKs that files name, with or without a version.</summary>
    /// <param name="files">Absolute paths of MSBuild files.</param>
    /// <param name="cancellation">Ends the search when the build is cancelled.</param>
    public static IReadOnlySet<string> Sdks(IEnumerable<string> files, CancellationToken cancellation)
    {
        HashSet<string> found = new(StringComparer.OrdinalIgnoreCase);
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ProjectFileReader.Read(file, []) is { } text)
            {
                found.UnionWith(SdkDeclaration.Of(new RepositoryFiles { Files = [text] }).Select(static sdk => sdk.Name));
            }
        }

        return found;
    }

    /// <summary>Directives stand above all code; what else begins with <c>#</c> is only read in vain.</summary>
    private static bool BeginsWithDirective(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            Span<byte> start = stackalloc byte[3 + DirectiveBytes];
            Span<byte> read = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            read = read.StartsWith("\uFEFF"u8) ? read[3..] : read;
            // A comment or a blank line may stand above them.
            return read.StartsWith("#:"u8) || read.StartsWith("#!"u8) || read.StartsWith("//"u8) || read.StartsWith("/*"u8) || (read.Length > 0 && read[0] is (byte)'\n' or (byte)'\r' or (byte)' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
