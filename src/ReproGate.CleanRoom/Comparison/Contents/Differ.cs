using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>What opening up two contents said about them.</summary>
internal enum Verdict
{
    /// <summary>The same bytes.</summary>
    Equal,

    /// <summary>With the metadata that was named put aside, the same bytes.</summary>
    Metadata,

    /// <summary>Something else differs, or it cannot be known.</summary>
    Different,
}

/// <summary>Opens up two differing contents and names the parts that differ. Bounded in depth, memory and number of parts.</summary>
internal sealed class Differ(ComparisonOptions options, CancellationToken cancellation)
{
    private const string Separator = " › ";
    private readonly List<DifferencePart> _parts = [];
    private readonly HashSet<DifferencePart> _seen = [];
    private long _left = options.MaximumUnpackedBytes;
    private int _dropped;

    /// <summary>Limits.</summary>
    public ComparisonOptions Options => options;

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>The parts, causes before their consequences.</summary>
    public ImmutableArray<DifferencePart> Parts(string where)
    {
        IEnumerable<DifferencePart> ordered = _parts.OrderBy(static part => PartKinds.IsConsequence(part.Kind));
        return _dropped == 0 ? [.. ordered] : [.. ordered, new DifferencePart(where, PartKinds.NotTested, $"{_dropped} more places differ", $"{_dropped} more places differ")];
    }

    /// <summary>A place inside another.</summary>
    public static string Inside(string where, string inner) => where + Separator + inner;

    /// <summary>Notes a part.</summary>
    public void Add(string where, string kind, string left, string right)
    {
        var part = new DifferencePart(Shorten(where), kind, Around(left, right), Around(right, left));
        if (!_seen.Add(part))
        {
            return;
        }

        if (_parts.Count >= options.MaximumParts)
        {
            _dropped++;
            _seen.Remove(part);
            return;
        }

        _parts.Add(part);
    }

    /// <summary>Notes that a place was not opened, and why; its bytes differ all the same.</summary>
    public void AddUnread(string where, string reason) => Add(where, PartKinds.NotTested, reason, reason);

    /// <summary>Compares two contents.</summary>
    /// <param name="where">The place, for the parts.</param>
    /// <param name="name">The name, whose extension helps to know the format.</param>
    /// <param name="left">The left content.</param>
    /// <param name="right">The right content.</param>
    /// <param name="depth">How many archives were opened to get here.</param>
    public Verdict Compare(string where, string name, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        cancellation.ThrowIfCancellationRequested();
        if (left.Span.SequenceEqual(right.Span))
        {
            return Verdict.Equal;
        }

        if (depth > options.MaximumDepth)
        {
            AddUnread(where, $"It lies in more than {options.MaximumDepth} archives.");
            return Verdict.Different;
        }

        int parts = _parts.Count;
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            Verdict verdict = Format(where, name, left, right, depth);
            // A reader that saw no difference did not look at the byte that differs: bytes between the entries of an archive, say.
            if (_parts.Count > parts && verdict != Verdict.Equal)
            {
                return verdict;
            }
        }
        catch (Exception exception) when (Damage.Is(exception))
        {
            AddUnread(where, $"It is damaged or of a form that is not known: {exception.Message}");
        }

        AddBytes(where, left.Span, right.Span);
        return Verdict.Different;
    }

    /// <summary>Notes the first bytes that differ.</summary>
    public void AddBytes(string where, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int offset = left.CommonPrefixLength(right);
        Add(where, PartKinds.Bytes, Hex(left, offset), Hex(right, offset));

        static string Hex(ReadOnlySpan<byte> bytes, int offset)
        {
            ReadOnlySpan<byte> shown = bytes.Slice(offset, Math.Min(16, bytes.Length - offset));
            string text = string.Join(' ', shown.ToArray().Select(static value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
            return $"at 0x{offset:x}: {(shown.IsEmpty ? "end" : text)}{(bytes.Length > offset + shown.Length ? " …" : "")}";
        }
    }

    /// <summary>Reads a decompressing stream to its end; null, with the reason noted, where it gives more than what is left of the budget.</summary>
    public byte[]? Unpack(string where, Stream stream)
    {
        var buffer = new MemoryStream();
        byte[] piece = new byte[64 << 10];
        for (int read = stream.Read(piece); read > 0; read = stream.Read(piece))
        {
            cancellation.ThrowIfCancellationRequested();
            _left -= read;
            if (_left < 0)
            {
                AddUnread(where, $"More than {options.MaximumUnpackedBytes >> 20} MiB come out of it.");
                return null;
            }

            buffer.Write(piece, 0, read);
        }

        return buffer.ToArray();
    }

    private Verdict Format(string where, string name, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        string extension = Path.GetExtension(name).ToLowerInvariant();
        if (StartsWith("MZ"u8))
        {
            return SingleFileBundle.IsBundle(left.Span) && SingleFileBundle.IsBundle(right.Span)
                ? SingleFileBundle.Compare(this, where, left, right, depth)
                : AssemblyComparison.Compare(this, where, left, right, depth);
        }

        if (StartsWith("BSJB"u8))
        {
            return PdbComparison.Compare(this, where, left, right, depth);
        }

        if (StartsWith("PK"u8))
        {
            return ZipComparison.Compare(this, where, left, right, depth);
        }

        if (StartsWith([0x1F, 0x8B]))
        {
            return Compressed.CompareGZip(this, where, name, left, right, depth);
        }

        if (extension == ".br")
        {
            return Compressed.CompareBrotli(this, where, name, left, right, depth);
        }

        if (TarComparison.IsTar(left.Span) && TarComparison.IsTar(right.Span))
        {
            return TarComparison.Compare(this, where, left, right, depth);
        }

        if (StartsWith([0xCE, 0xCA, 0xEF, 0xBE]))
        {
            return ResourcesComparison.Compare(this, where, left, right, depth);
        }

        if (SingleFileBundle.IsBundle(left.Span) && SingleFileBundle.IsBundle(right.Span))
        {
            return SingleFileBundle.Compare(this, where, left, right, depth);
        }

        return TextComparison.TryDecode(left.Span, out string? leftText) && TextComparison.TryDecode(right.Span, out string? rightText)
            ? TextComparison.Compare(this, where, name, leftText, rightText)
            : Verdict.Different;

        bool StartsWith(ReadOnlySpan<byte> magic) => left.Span.StartsWith(magic) && right.Span.StartsWith(magic);
    }

    private string Shorten(string text) => text.Length <= options.MaximumText ? text : string.Concat(text.AsSpan(0, options.MaximumText), "…");

    // A long value is shown around the first character that differs.
    private string Around(string text, string other)
    {
        int maximum = options.MaximumText;
        if (text.Length <= maximum)
        {
            return text;
        }

        int start = Math.Max(0, text.AsSpan().CommonPrefixLength(other) - (maximum / 4));
        start = Math.Min(start, text.Length - maximum);
        return $"{(start > 0 ? "…" : "")}{text.AsSpan(start, maximum)}{(start + maximum < text.Length ? "…" : "")}";
    }
}
