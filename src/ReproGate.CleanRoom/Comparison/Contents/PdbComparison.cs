using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using System.Text;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares two portable PDBs: documents, source link, compiler options and references, embedded sources, debug information of methods.</summary>
internal static class PdbComparison
{
    private const int PdbIdLength = 20;
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid CompilerOptions = new("B5FEEC05-8CD0-4A83-96DA-466284BB4BD8");
    private static readonly Guid CompilerReferences = new("7E4D4708-096E-4C5C-AEDA-CB10BA6A740D");
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>Compares two PDBs.</summary>
    /// <exception cref="BadImageFormatException">A PDB is damaged.</exception>
    public static Verdict Compare(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        using MetadataReaderProvider leftProvider = MetadataReaderProvider.FromPortablePdbImage(ImmutableCollectionsMarshal.AsImmutableArray(left.ToArray()));
        using MetadataReaderProvider rightProvider = MetadataReaderProvider.FromPortablePdbImage(ImmutableCollectionsMarshal.AsImmutableArray(right.ToArray()));
        MetadataReader leftReader = leftProvider.GetMetadataReader();
        MetadataReader rightReader = rightProvider.GetMetadataReader();
        (List<ViewItem> leftItems, List<ArchiveEntry> leftSources) = Read(differ, where, leftReader);
        (List<ViewItem> rightItems, List<ArchiveEntry> rightSources) = Read(differ, where, rightReader);
        PairMovedDocuments(differ, where, leftItems, rightItems);
        ViewComparison.Compare(differ, where, leftItems, rightItems);
        bool sources = ArchiveEntries.Compare(differ, Differ.Inside(where, "embedded sources"), leftSources, rightSources, depth) != Verdict.Equal;
        if (WithoutId(leftReader, left.Span).AsSpan().SequenceEqual(WithoutId(rightReader, right.Span)))
        {
            return Verdict.Metadata;
        }

        if (!sources && leftItems.Where(static item => item.Kind != PartKinds.PdbId).Select(static item => (item.Name, item.Value)).SequenceEqual(rightItems.Where(static item => item.Kind != PartKinds.PdbId).Select(static item => (item.Name, item.Value))))
        {
            differ.AddBytes(where, WithoutId(leftReader, left.Span), WithoutId(rightReader, right.Span));
        }

        return Verdict.Different;
    }

    private static (List<ViewItem> Items, List<ArchiveEntry> Sources) Read(Differ differ, string where, MetadataReader pdb)
    {
        var items = new List<ViewItem>();
        var sources = new List<ArchiveEntry>();
        if (pdb.DebugMetadataHeader is { } header)
        {
            items.Add(new ViewItem("PDB id", PartKinds.PdbId, Convert.ToHexStringLower(header.Id.AsSpan())));
        }

        foreach (DocumentHandle handle in pdb.Documents)
        {
            Document document = pdb.GetDocument(handle);
            items.Add(new ViewItem($"document {pdb.GetString(document.Name)}", PartKinds.DocumentChecksum, Convert.ToHexStringLower(pdb.GetBlobBytes(document.Hash))));
        }

        foreach (CustomDebugInformation information in pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation))
        {
            ReadInformation(differ, where, pdb, information, items, sources);
        }

        foreach (MethodDebugInformationHandle handle in pdb.MethodDebugInformation)
        {
            MethodDebugInformation method = pdb.GetMethodDebugInformation(handle);
            if (!method.SequencePointsBlob.IsNil)
            {
                items.Add(new ViewItem($"method {MetadataTokens.GetToken(handle.ToDefinitionHandle()):x8}", PartKinds.DebugInformation, Convert.ToHexStringLower(pdb.GetBlobBytes(method.SequencePointsBlob))));
            }
        }

        return (items, sources);
    }

    private static void ReadInformation(Differ differ, string where, MetadataReader pdb, CustomDebugInformation information, List<ViewItem> items, List<ArchiveEntry> sources)
    {
        Guid kind = pdb.GetGuid(information.Kind);
        if (kind == SourceLink)
        {
            items.Add(new ViewItem("source link", PartKinds.SourceLink, Encoding.UTF8.GetString(pdb.GetBlobBytes(information.Value))));
        }
        else if (kind == CompilerOptions)
        {
            string[] texts = Encoding.UTF8.GetString(pdb.GetBlobBytes(information.Value)).Split('\0');
            for (int index = 0; index + 1 < texts.Length; index += 2)
            {
                items.Add(new ViewItem($"compiler option {texts[index]}", PartKinds.CompilerOption, texts[index + 1]));
            }
        }
        else if (kind == CompilerReferences)
        {
            BlobReader reader = pdb.GetBlobReader(information.Value);
            while (reader.RemainingBytes > 0)
            {
                string name = Text(ref reader);
                string aliases = Text(ref reader);
                items.Add(new ViewItem($"compiler reference {name}", PartKinds.CompilerReference, $"{aliases} {reader.ReadByte()} {reader.ReadInt32():x8} {reader.ReadInt32()} {reader.ReadGuid()}"));
            }
        }
        else if (kind == EmbeddedSource && information.Parent.Kind == HandleKind.Document)
        {
            BlobReader reader = pdb.GetBlobReader(information.Value);
            int size = reader.ReadInt32();
            byte[] bytes = reader.ReadBytes(reader.RemainingBytes);
            if (size > 0)
            {
                using var stream = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
                bytes = differ.Unpack(where, stream) ?? [];
            }

            string name = pdb.GetString(pdb.GetDocument((DocumentHandle)information.Parent).Name);
            sources.Add(new ArchiveEntry(name[(name.LastIndexOfAny(['/', '\\']) + 1)..], bytes, []));
        }
    }

    // The same source under another path is one difference, the path, not a document that went and another that came.
    private static void PairMovedDocuments(Differ differ, string where, List<ViewItem> left, List<ViewItem> right)
    {
        HashSet<string> leftNames = [.. Documents(left).Select(static item => item.Name)];
        HashSet<string> rightNames = [.. Documents(right).Select(static item => item.Name)];
        List<ViewItem> onlyLeft = [.. Documents(left).Where(item => !rightNames.Contains(item.Name))];
        List<ViewItem> onlyRight = [.. Documents(right).Where(item => !leftNames.Contains(item.Name))];
        foreach (ViewItem item in onlyLeft)
        {
            int index = onlyRight.FindIndex(other => FileName(other.Name) == FileName(item.Name) && other.Value == item.Value);
            index = index >= 0 ? index : onlyRight.FindIndex(other => FileName(other.Name) == FileName(item.Name));
            if (index < 0)
            {
                continue;
            }

            ViewItem moved = onlyRight[index];
            onlyRight.RemoveAt(index);
            differ.Add(Differ.Inside(where, $"document {FileName(item.Name)}"), PartKinds.Document, item.Name["document ".Length..], moved.Name["document ".Length..]);
            if (item.Value != moved.Value)
            {
                differ.Add(Differ.Inside(where, $"document {FileName(item.Name)}"), PartKinds.DocumentChecksum, item.Value, moved.Value);
            }

            left.Remove(item);
            right.Remove(moved);
        }

        static IEnumerable<ViewItem> Documents(List<ViewItem> items) => items.Where(static item => item.Kind == PartKinds.DocumentChecksum);

        static string FileName(string name) => name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Replace("document ", "", StringComparison.Ordinal);
    }

    private static byte[] WithoutId(MetadataReader pdb, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        if (pdb.DebugMetadataHeader is { } header && header.IdStartOffset >= 0 && header.IdStartOffset <= copy.Length - PdbIdLength)
        {
            copy.AsSpan(header.IdStartOffset, PdbIdLength).Clear();
        }

        return copy;
    }

    private static string Text(ref BlobReader reader)
    {
        int length = reader.IndexOf(0);
        string text = reader.ReadUTF8(length < 0 ? reader.RemainingBytes : length);
        if (length >= 0)
        {
            reader.ReadByte();
        }

        return text;
    }
}
