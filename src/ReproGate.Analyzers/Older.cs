using System.Runtime.InteropServices;
using System.Text;

namespace ReproGate.Analyzers.Older;

/// <summary>What the linked sources use of .NET 10 and .NET Standard 2.0 lacks.</summary>
internal static class OlderFramework
{
    extension(string)
    {
        public static string Join<T>(char separator, IEnumerable<T> values) => string.Join(separator.ToString(), values);
    }

    extension(Math)
    {
        public static int Clamp(int value, int minimum, int maximum) => Math.Max(minimum, Math.Min(maximum, value));
    }

    extension(OperatingSystem)
    {
        public static bool IsLinux() => RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
    }

    extension(StringSplitOptions)
    {
        public static StringSplitOptions TrimEntries => (StringSplitOptions)2;
    }

    extension(Path)
    {
        // Both are absolute; on another drive there is no relative path.
        public static string GetRelativePath(string from, string to)
        {
            string[] start = from.Replace('\\', '/').Split(['/'], StringSplitOptions.RemoveEmptyEntries);
            string[] end = to.Replace('\\', '/').Split(['/'], StringSplitOptions.RemoveEmptyEntries);
            StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            int same = 0;
            while (same < start.Length && same < end.Length && start[same].Equals(end[same], comparison))
            {
                same++;
            }

            return string.Join("/", Enumerable.Repeat("..", start.Length - same).Concat(end.Skip(same)));
        }
    }

    public static bool Contains(this string text, char letter, StringComparison comparison) => text.IndexOf(letter.ToString(), comparison) >= 0;

    public static bool Contains(this string text, string part, StringComparison comparison) => text.IndexOf(part, comparison) >= 0;

    public static bool StartsWith(this string text, char letter) => text.Length > 0 && text[0] == letter;

    public static bool EndsWith(this string text, char letter) => text.Length > 0 && text[text.Length - 1] == letter;

    public static int IndexOf(this string text, char letter, StringComparison comparison) => text.IndexOf(letter.ToString(), comparison);

    // Asked for with StringComparison.Ordinal only, which is what the older method does.
    public static string Replace(this string text, string old, string put, StringComparison comparison) =>
        comparison == StringComparison.Ordinal ? text.Replace(old, put) : throw new ArgumentOutOfRangeException(nameof(comparison));

    public static string[] Split(this string text, char separator, int count) => text.Split([separator], count);

    public static string[] Split(this string text, char separator, StringSplitOptions options)
    {
        IEnumerable<string> parts = text.Split([separator]);
        if ((options & StringSplitOptions.TrimEntries) != 0)
        {
            parts = parts.Select(static part => part.Trim());
        }

        return [.. (options & StringSplitOptions.RemoveEmptyEntries) != 0 ? parts.Where(static part => part.Length > 0) : parts];
    }

    public static int Count(this ReadOnlySpan<byte> bytes, byte wanted)
    {
        int count = 0;
        foreach (byte one in bytes)
        {
            count += one == wanted ? 1 : 0;
        }

        return count;
    }

    public static int Count(this ReadOnlySpan<char> text, char wanted)
    {
        int count = 0;
        foreach (char one in text)
        {
            count += one == wanted ? 1 : 0;
        }

        return count;
    }

    public static int IndexOfAnyExcept(this ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> known)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (known.IndexOf(bytes[i]) < 0)
            {
                return i;
            }
        }

        return -1;
    }

    public static bool Contains(this ReadOnlySpan<char> text, char wanted) => text.IndexOf(wanted) >= 0;

    public static int GetCharCount(this Encoding encoding, ReadOnlySpan<byte> bytes) => encoding.GetCharCount(bytes.ToArray());

    public static string GetString(this Encoding encoding, ReadOnlySpan<byte> bytes) => encoding.GetString(bytes.ToArray());

    public static bool TryAdd<TKey, TValue>(this Dictionary<TKey, TValue> map, TKey key, TValue value)
        where TKey : notnull
    {
        if (map.ContainsKey(key))
        {
            return false;
        }

        map.Add(key, value);
        return true;
    }

    public static bool TryDequeue<T>(this Queue<T> queue, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
    {
        if (queue.Count == 0)
        {
            item = default;
            return false;
        }

        item = queue.Dequeue();
        return true;
    }
}

/// <summary><c>System.Text.Unicode.Utf8</c>, as far as it is asked.</summary>
internal static class Utf8
{
    private static readonly Encoding Strict = new UTF8Encoding(false, throwOnInvalidBytes: true);

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Strict.GetCharCount(bytes.ToArray());
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
