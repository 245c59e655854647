using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text;
using ReproGate.CleanRoom.Comparison.Contents;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>
/// Searches inside a file for canaries: what is packed is unpacked, the names of a PDB's documents are put together, and
/// a hit in an assembly gets the name of the method, constant or attribute that holds it.
/// </summary>
internal sealed class CanaryReader(string path, CanaryPatterns patterns, int mostHits, CancellationToken cancellation)
{
    private readonly Differ _differ = new(ComparisonOptions.Default, cancellation);
    private readonly List<CanaryHit> _hits = [];

    /// <summary>Searches a file.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="raw">The hits of the search over its bytes.</param>
    public List<CanaryHit> Read(byte[] bytes, List<CanaryHit> raw)
    {
        ReadContent(path, path, bytes, 0, raw);
        return _hits;
    }

    private void ReadContent(string where, string name, ReadOnlyMemory<byte> bytes, int depth, List<CanaryHit>? known)
    {
        List<CanaryHit> raw = known ?? Search(where, bytes.Span);
        int before = _hits.Count;
        try
        {
            if (depth <= ComparisonOptions.Default.MaximumDepth)
            {
                Open(where, name, bytes, depth, raw);
            }
        }
        catch (Exception exception) when (Damage.Is(exception))
        {
            // What cannot be opened has been searched as bytes.
        }

        // A place with a name says more than an offset, but only about the same value.
        HashSet<Canary> named = [.. _hits.Skip(before).Select(static hit => hit.Canary)];
        _hits.AddRange(raw.Where(hit => !named.Contains(hit.Canary)).Take(Math.Max(0, mostHits - _hits.Count)));
    }

    private void Open(string where, string name, ReadOnlyMemory<byte> bytes, int depth, List<CanaryHit> raw)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.StartsWith("PK"u8))
        {
            OpenEntries(where, ZipComparison.Read(_differ, where, bytes), depth);
        }
        else if (span.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            using var stream = new GZipStream(Memory.Stream(bytes), CompressionMode.Decompress);
            OpenStream(where, Path.GetFileNameWithoutExtension(name), stream, depth);
        }
        else if (name.EndsWith(".br", StringComparison.OrdinalIgnoreCase))
        {
            using var stream = new BrotliStream(Memory.Stream(bytes), CompressionMode.Decompress);
            OpenStream(where, Path.GetFileNameWithoutExtension(name), stream, depth);
        }
        else if (TarComparison.IsTar(span))
        {
            OpenEntries(where, TarComparison.Read(_differ, where, bytes), depth);
        }
        else if (span.StartsWith("BSJB"u8))
        {
            OpenPdb(where, bytes);
        }
        else if (SingleFileBundle.IsBundle(span))
        {
            OpenEntries(where, SingleFileBundle.Read(_differ, where, bytes).Entries, depth);
        }
        else if (span.StartsWith("MZ"u8))
        {
            OpenImage(where, bytes, depth, raw);
        }
    }

    private void OpenStream(string where, string inner, Stream stream, int depth)
    {
        if (_differ.Unpack(where, stream) is { } content)
        {
            ReadContent(Differ.Inside(where, inner), inner, content, depth + 1, null);
        }
    }

    private void OpenEntries(string where, List<ArchiveEntry>? entries, int depth)
    {
        foreach (ArchiveEntry entry in entries ?? [])
        {
            string inner = Differ.Inside(where, entry.Name);
            // The host of a bundle is searched as bytes with the file around it.
            if (entry.Name != "(host)")
            {
                ReadContent(inner, entry.Name, entry.Content, depth + 1, null);
            }

            foreach ((string kind, string value) in entry.Facts.Append((PartKinds.Entry, entry.Name)))
            {
                Named(inner, $"({kind})", value);
            }
        }
    }

    private void OpenImage(string where, ReadOnlyMemory<byte> bytes, int depth, List<CanaryHit> raw)
    {
        using var image = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(bytes.ToArray()));
        DebugDirectoryEntry embedded = image.ReadDebugDirectory().FirstOrDefault(static entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        if (embedded.DataSize > 8 && embedded.DataPointer > 0)
        {
            using var stream = new DeflateStream(Memory.Stream(image.GetEntireImage().GetContent(embedded.DataPointer + 8, embedded.DataSize - 8).AsMemory()), CompressionMode.Decompress);
            OpenStream(where, "embedded PDB", stream, depth);
        }

        // Without a hit in the bytes there is none in what has a name.
        if (raw.Count == 0 || !image.HasMetadata)
        {
            return;
        }

        Named(where, "› PDB path", PeNormaliser.Read(image).PdbPath);
        (IReadOnlyList<ViewItem> items, IReadOnlyList<ArchiveEntry> resources) = AssemblyView.Read(image, cancellation);
        foreach (ViewItem item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            Named(where, "› " + item.Name, item.Lines is null ? item.Value : string.Join('\n', item.Lines()));
        }

        foreach (ArchiveEntry resource in resources)
        {
            ReadContent(Differ.Inside(Differ.Inside(where, "resources"), resource.Name), resource.Name, resource.Content, depth + 1, null);
        }
    }

    private void OpenPdb(string where, ReadOnlyMemory<byte> bytes)
    {
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableCollectionsMarshal.AsImmutableArray(bytes.ToArray()));
        MetadataReader pdb = provider.GetMetadataReader();
        foreach (DocumentHandle handle in pdb.Documents)
        {
            // A PDB keeps the parts between the separators apart.
            string document = pdb.GetString(pdb.GetDocument(handle).Name);
            Named(where, $"› document {document[(document.LastIndexOfAny(['/', '\\']) + 1)..]}", document);
        }
    }

    private void Named(string where, string inner, string text)
    {
        foreach (CanaryHit hit in Search($"{where} {inner}", Encoding.UTF8.GetBytes(text)).DistinctBy(static hit => hit.Canary))
        {
            if (_hits.Count < mostHits)
            {
                _hits.Add(hit);
            }
        }
    }

    private List<CanaryHit> Search(string where, ReadOnlySpan<byte> bytes)
    {
        var hits = new List<CanaryHit>();
        patterns.Automaton.Search(bytes, 0, 0, (index, offset) =>
        {
            if (hits.Count < mostHits)
            {
                hits.Add(new CanaryHit(path, offset, patterns[index], where));
            }
        });
        return hits;
    }
}
