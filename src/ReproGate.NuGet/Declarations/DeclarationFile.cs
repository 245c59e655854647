using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ReproGate.Facts;

namespace ReproGate.NuGet.Declarations;

/// <summary>
/// What a project hands on to the projects that reference it, in its intermediate folder: one file for each framework. Dependents read
/// it to judge their own lock files, so that no project evaluates another.
/// </summary>
/// <param name="Path">Absolute path of the project.</param>
/// <param name="Name">Its name in lock files.</param>
/// <param name="LockFile">Absolute path of its own lock file.</param>
/// <param name="Framework">Its framework in the form of <see cref="FrameworkNames"/>.</param>
/// <param name="Packages">Its direct packages.</param>
/// <param name="Projects">The projects it references.</param>
/// <param name="References">Declaration files of those projects.</param>
/// <param name="Files">This declaration's own file.</param>
public sealed record DeclarationFile(string Path, string Name, string LockFile, string Framework, ImmutableArray<DeclaredPackage> Packages, ImmutableArray<DeclaredProjectReference> Projects, ImmutableArray<string> References, string Files)
{
    private const int MaximumLength = 16 << 20;

    /// <summary>Ids of its direct packages that its own framework stands in for: NuGet does not ask its dependents' locks for them.</summary>
    public ImmutableArray<string> Pruned { get; init; } = [];

    /// <summary>The file's content.</summary>
    public static byte[] Write(RestoreDeclaration project, IEnumerable<string> references)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("path", project.ProjectPath);
            json.WriteString("name", project.ProjectName);
            json.WriteString("lock", project.LockFilePath);
            json.WriteString("framework", project.FrameworkName);
            json.WriteStartArray("packages");
            foreach (DeclaredPackage package in project.Packages)
            {
                json.WriteStartArray();
                json.WriteStringValue(package.Id);
                json.WriteStringValue(package.Range);
                json.WriteStringValue(package.PrivateAssets);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("pruned");
            foreach (DeclaredPackage provided in project.PrunedPackages)
            {
                foreach (DeclaredPackage package in project.Packages.Where(package => package.Id.Equals(provided.Id, StringComparison.OrdinalIgnoreCase) && LockFiles.RangeText.IsPruned(package.Range, provided.Version)))
                {
                    json.WriteStringValue(package.Id);
                }
            }

            json.WriteEndArray();
            json.WriteStartArray("projects");
            foreach (DeclaredProjectReference reference in project.Projects)
            {
                json.WriteStartArray();
                json.WriteStringValue(reference.Path);
                json.WriteStringValue(reference.PrivateAssets);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("references");
            foreach (string reference in references)
            {
                json.WriteStringValue(reference);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file; null where it does not exist or is not whole, as when a build was killed.</summary>
    public static DeclarationFile? Read(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists || info.Length > MaximumLength)
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            return new DeclarationFile(
                Text(root, "path"),
                Text(root, "name"),
                Text(root, "lock"),
                Text(root, "framework"),
                [.. root.GetProperty("packages").EnumerateArray().Select(static item => new DeclaredPackage(item[0].GetString()!, "", item[1].GetString()!, "") { PrivateAssets = item[2].GetString()! })],
                [.. root.GetProperty("projects").EnumerateArray().Select(static item => new DeclaredProjectReference(item[0].GetString()!, item[1].GetString()!, ""))],
                [.. root.GetProperty("references").EnumerateArray().Select(static item => item.GetString()!)],
                file)
            {
                Pruned = [.. root.GetProperty("pruned").EnumerateArray().Select(static item => item.GetString()!)],
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString()!;
}
