using System.Buffers;
using System.Collections.Immutable;

namespace ReproGate.Assemblies.Reading;

/// <summary>Keeps the string constants that could name an assembly, a namespace or a type.</summary>
internal sealed class NamesInStrings
{
    private const int MaximumLength = 256;
    private const int MaximumTotal = 4 * 1024 * 1024;

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._`+-, =[]");

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _total;

    /// <summary>Adds a constant if it could be a name.</summary>
    public void Add(string text)
    {
        if (text.Length is < 2 or > MaximumLength || !char.IsAsciiLetter(text[0]) || text.AsSpan().ContainsAnyExcept(Letters))
        {
            return;
        }

        // Blanks and brackets occur in assembly-qualified names only; prose has blanks without a comma before them.
        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank >= 0 && (blank == 0 || text[blank - 1] != ','))
        {
            return;
        }

        if (_total >= MaximumTotal)
        {
            IsIncomplete = true;
        }
        else if (_names.Add(text))
        {
            _total += text.Length;
        }
    }

    /// <summary>True where there were more names than are kept.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The names in ordinal order.</summary>
    public ImmutableArray<string> ToFacts() => [.. _names.Order(StringComparer.Ordinal)];
}
