using System.Collections.Immutable;
using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using ReproGate.CleanRoom.Comparison.Contents;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>What a published package says about itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="RepositoryUrl">Address of its repository; empty where it names none.</param>
/// <param name="Commit">The commit it was built from; empty where it names none.</param>
/// <param name="IsSigned">Whether it is signed: a feed adds a signature to what was packed.</param>
public sealed record PublishedPackage(string Id, string Version, string RepositoryUrl, string Commit, bool IsSigned)
{
    /// <summary>The branch it was built on, for example <c>refs/heads/main</c>; empty where it names none. Newer SDKs write it into the package.</summary>
    public string Branch { get; init; } = "";
}

/// <summary>What came out of comparing a published package with a rebuilt one.</summary>
/// <param name="Published">The published package.</param>
/// <param name="Grade">How equal they are, the signature put aside.</param>
/// <param name="Parts">What differs, the signature left out.</param>
public sealed record PackageComparison(PublishedPackage Published, Grade Grade, ImmutableArray<DifferencePart> Parts);

/// <summary>Compares a published package with one that was rebuilt from its sources.</summary>
public static class PublishedPackageComparison
{
    private const string Signature = ".signature.p7s";
    private const long MaximumNuspec = 4 << 20;

    /// <summary>Reads what a package says about itself.</summary>
    /// <exception cref="InvalidDataException">It is no package, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PublishedPackage Read(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        ZipArchiveEntry nuspec = archive.Entries.FirstOrDefault(static entry => !entry.FullName.Contains('/', StringComparison.Ordinal) && entry.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidDataException($"{Path.GetFileName(package)} holds no .nuspec.");
        if (nuspec.Length > MaximumNuspec)
        {
            throw new InvalidDataException($"The .nuspec of {Path.GetFileName(package)} is larger than {MaximumNuspec >> 20} MiB.");
        }

        try
        {
            using Stream stream = nuspec.Open();
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaximumNuspec });
            XElement metadata = XDocument.Load(reader).Root?.Elements().FirstOrDefault(static element => element.Name.LocalName == "metadata")
                ?? throw new InvalidDataException($"The .nuspec of {Path.GetFileName(package)} has no metadata.");
            XElement? repository = Child(metadata, "repository");
            return new PublishedPackage(
                Child(metadata, "id")?.Value.Trim() ?? "",
                Child(metadata, "version")?.Value.Trim() ?? "",
                (string?)repository?.Attribute("url") ?? "",
                (string?)repository?.Attribute("commit") ?? "",
                archive.Entries.Any(static entry => entry.FullName == Signature))
            {
                Branch = (string?)repository?.Attribute("branch") ?? "",
            };
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException($"The .nuspec of {Path.GetFileName(package)} is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Compares a published package with a rebuilt one, the published one's signature put aside.</summary>
    /// <param name="published">Path of the published package.</param>
    /// <param name="rebuilt">Path of the rebuilt package.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellation">Ends the comparison.</param>
    /// <exception cref="InvalidDataException">A file is no package, or damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static PackageComparison Compare(string published, string rebuilt, ComparisonOptions options, CancellationToken cancellation)
    {
        PublishedPackage package = Read(published);
        string name = Path.GetFileName(rebuilt);
        if (new FileInfo(published).Length > options.MaximumUnpackedBytes || new FileInfo(rebuilt).Length > options.MaximumUnpackedBytes)
        {
            string reason = $"It is larger than {options.MaximumUnpackedBytes >> 20} MiB and was not opened.";
            return new PackageComparison(package, Grade.NotTested, [new DifferencePart(name, PartKinds.NotTested, reason, reason)]);
        }

        byte[] left = File.ReadAllBytes(published);
        byte[] right = File.ReadAllBytes(rebuilt);
        if (left.AsSpan().SequenceEqual(right))
        {
            return new PackageComparison(package, Grade.Identical, []);
        }

        var differ = new Differ(options, cancellation);
        List<ArchiveEntry>? leftEntries = ZipComparison.Read(differ, name, left);
        List<ArchiveEntry>? rightEntries = leftEntries is null ? null : ZipComparison.Read(differ, name, right);
        if (rightEntries is null)
        {
            return new PackageComparison(package, Grade.NotTested, differ.Parts(name));
        }

        Verdict verdict = ArchiveEntries.Compare(differ, name, [.. leftEntries!.Where(static entry => entry.Name != Signature)], [.. rightEntries.Where(static entry => entry.Name != Signature)], 0);
        if (verdict == Verdict.Equal)
        {
            // The entries are the same; what is left is the signature, or how they are packed.
            differ.Add(name, package.IsSigned ? PartKinds.Signature : PartKinds.Compression, $"{left.Length} bytes", $"{right.Length} bytes");
        }

        return new PackageComparison(package, verdict == Verdict.Different ? Grade.Different : Grade.MetadataOnly, differ.Parts(name));
    }

    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);
}
