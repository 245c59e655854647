using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Images;

/// <summary>
/// Reads what programs run on in production: ContainerBaseImage and ContainerFamily of project files, and the last stage of Dockerfiles. Values that
/// only a build could compute are left out. Bounded: folders of packages and outputs are not entered, large files not read.
/// </summary>
public static partial class ProductionBaseReader
{
    private const int MostEntries = 50_000;
    private const int MostBytes = 1 << 20;
    private const int MostStages = 100;
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", ".git", ".vs", "artifacts"];

    /// <summary>Reads a repository's work tree, in order of paths. What cannot be read says nothing.</summary>
    /// <param name="root">Absolute path of its root.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ImmutableArray<ProductionBase> Read(string root, CancellationToken cancellation)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var found = new List<string>();
        var folders = new Stack<string>([root]);
        int entries = 0;
        while (folders.TryPop(out string? folder) && entries < MostEntries)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options).Take(MostEntries - entries))
            {
                entries++;
                if (entry is DirectoryInfo)
                {
                    if (!Skipped.Contains(entry.Name, StringComparer.OrdinalIgnoreCase))
                    {
                        folders.Push(entry.FullName);
                    }
                }
                else if (((FileInfo)entry).Length <= MostBytes && (IsDockerfile(entry.Name) || IsProject(entry.Name)))
                {
                    found.Add(entry.FullName);
                }
            }
        }

        return [.. found.Order(StringComparer.Ordinal).SelectMany(ReadFile)];
    }

    /// <summary>The image of a Dockerfile's last stage, its arguments replaced by their defaults; null where there is none.</summary>
    internal static ProductionBase? ReadDockerfile(string path, IEnumerable<string> lines)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        var stages = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        ProductionBase? last = null;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (last is null && Argument().Match(line) is { Success: true } argument)
            {
                arguments[argument.Groups[1].Value] = argument.Groups[2].Value.Trim('"', '\'');
            }
            else if (From().Match(line) is { Success: true } from && stages.Count < MostStages)
            {
                string image = Use().Replace(from.Groups["image"].Value.Trim('"', '\''), use => arguments.TryGetValue(use.Groups["name"].Value, out string? value) ? value : use.Groups["default"].Value);
                image = stages.GetValueOrDefault(image, image);
                if (from.Groups["name"].Success)
                {
                    stages[from.Groups["name"].Value] = image;
                }

                last = new ProductionBase(image, "", new SourceLocation(path, number, 1));
            }
        }

        return last is { Image.Length: > 0 } ? last : null;
    }

    /// <summary>The properties of a project file; empty where it is no XML.</summary>
    internal static IEnumerable<ProductionBase> ReadProject(string path, TextReader text)
    {
        XDocument document;
        try
        {
            using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            document = XDocument.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException)
        {
            yield break;
        }

        foreach (XElement property in document.Descendants().Where(static element => element.Parent?.Name.LocalName == "PropertyGroup"))
        {
            string value = property.Value.Trim();
            if (value.Length == 0 || value.Contains("$(", StringComparison.Ordinal))
            {
                continue;
            }

            var location = new SourceLocation(path, ((IXmlLineInfo)property).LineNumber, ((IXmlLineInfo)property).LinePosition);
            if (property.Name.LocalName.Equals("ContainerBaseImage", StringComparison.OrdinalIgnoreCase))
            {
                yield return new ProductionBase(value, "", location);
            }
            else if (property.Name.LocalName.Equals("ContainerFamily", StringComparison.OrdinalIgnoreCase))
            {
                yield return new ProductionBase("", value, location);
            }
        }
    }

    private static IEnumerable<ProductionBase> ReadFile(string path)
    {
        try
        {
            if (IsDockerfile(Path.GetFileName(path)))
            {
                return ReadDockerfile(path, File.ReadAllLines(path)) is { } stated ? [stated] : [];
            }

            using var text = new StreamReader(path);
            return [.. ReadProject(path, text)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsDockerfile(string name) =>
        name.Equals("Dockerfile", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Dockerfile.", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".Dockerfile", StringComparison.OrdinalIgnoreCase);

    private static bool IsProject(string name) =>
        name.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".fsproj", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".vbproj", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Directory.Build.props", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)=(\S+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Argument();

    [GeneratedRegex(@"^\s*FROM\s+(?:--\S+\s+)*(?<image>\S+)(?:\s+AS\s+(?<name>\S+))?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex From();

    [GeneratedRegex(@"\$(?:\{(?<name>\w+)(?::-(?<default>[^}]*))?\}|(?<name>\w+))", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Use();
}
