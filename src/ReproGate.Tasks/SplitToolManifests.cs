using System.Globalization;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ReproGate.Repository;

namespace ReproGate.Tasks;

/// <summary>
/// Writes a manifest for each tool of the repository's root: <c>dotnet tool restore</c> stops at the first that no source has, and those behind it would have no hash.
/// </summary>
public sealed class SplitToolManifests : CancelableTask
{
    /// <summary>The repository's root, with a trailing separator.</summary>
    [Required]
    public string RepositoryRoot { get; set; } = "";

    /// <summary>Where the manifests are written: below the root, so that they are restored from its sources.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>The manifests.</summary>
    [Output]
    public ITaskItem[] Manifests { get; set; } = [];

    /// <inheritdoc />
    protected override bool Run()
    {
        string[] tools = [.. ToolManifestReader.Names.SelectMany(name => ToolManifestReader.Split(Path.Combine(RepositoryRoot, name)))];
        try
        {
            Manifests = [.. tools.Select((tool, number) => new TaskItem(Write(tool, Path.Combine(Folder, number.ToString(CultureInfo.InvariantCulture)))))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The tools that are not on this machine are told behind it.
            Log.LogMessage(MessageImportance.High, "The tools cannot be restored one by one: {0}", exception.Message);
        }

        return true;
    }

    private static string Write(string tool, string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "dotnet-tools.json");
        AtomicFile.WriteAllText(path, tool);
        return path;
    }
}
