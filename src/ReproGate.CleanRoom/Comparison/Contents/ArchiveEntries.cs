namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>One entry of an archive, unpacked.</summary>
/// <param name="Name">Its name as told in parts.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Facts">What the archive says about it: kind of a difference and value.</param>
internal sealed record ArchiveEntry(string Name, ReadOnlyMemory<byte> Content, IReadOnlyList<(string Kind, string Value)> Facts);

/// <summary>Compares the entries of two archives.</summary>
internal static class ArchiveEntries
{
    /// <summary>Compares entries by name, contents first.</summary>
    public static Verdict Compare(Differ differ, string where, IReadOnlyList<ArchiveEntry> left, IReadOnlyList<ArchiveEntry> right, int depth)
    {
        Dictionary<string, ArchiveEntry> leftByName = ByName(left);
        Dictionary<string, ArchiveEntry> rightByName = ByName(right);
        Verdict verdict = Verdict.Equal;
        foreach ((string name, ArchiveEntry entry) in leftByName)
        {
            string inner = Differ.Inside(where, name);
            if (!rightByName.TryGetValue(name, out ArchiveEntry? other))
            {
                differ.Add(inner, PartKinds.Entry, $"{entry.Content.Length} bytes", "");
                verdict = Verdict.Different;
                continue;
            }

            verdict = Worse(verdict, differ.Compare(inner, name, entry.Content, other.Content, depth + 1));
            foreach (((string kind, string value), (string _, string otherValue)) in entry.Facts.Zip(other.Facts))
            {
                if (value != otherValue)
                {
                    differ.Add(inner, kind, value, otherValue);
                    verdict = Worse(verdict, PartKinds.IsMetadata(kind) ? Verdict.Metadata : Verdict.Different);
                }
            }
        }

        foreach ((string name, ArchiveEntry entry) in rightByName.Where(pair => !leftByName.ContainsKey(pair.Key)))
        {
            differ.Add(Differ.Inside(where, name), PartKinds.Entry, "", $"{entry.Content.Length} bytes");
            verdict = Verdict.Different;
        }

        if (leftByName.Count == rightByName.Count && leftByName.Keys.All(rightByName.ContainsKey) && !leftByName.Keys.SequenceEqual(rightByName.Keys))
        {
            int first = leftByName.Keys.Zip(rightByName.Keys).TakeWhile(static pair => pair.First == pair.Second).Count();
            differ.Add(where, PartKinds.EntryOrder, $"#{first + 1}: {leftByName.Keys.ElementAt(first)}", $"#{first + 1}: {rightByName.Keys.ElementAt(first)}");
            verdict = Worse(verdict, Verdict.Metadata);
        }

        return verdict;
    }

    /// <summary>The worse of two verdicts.</summary>
    public static Verdict Worse(Verdict one, Verdict other) => one > other ? one : other;

    private static Dictionary<string, ArchiveEntry> ByName(IReadOnlyList<ArchiveEntry> entries)
    {
        var byName = new Dictionary<string, ArchiveEntry>(entries.Count, StringComparer.Ordinal);
        var repeated = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ArchiveEntry entry in entries)
        {
            if (!byName.TryAdd(entry.Name, entry))
            {
                int number = repeated[entry.Name] = repeated.GetValueOrDefault(entry.Name, 1) + 1;
                byName.TryAdd($"{entry.Name} #{number}", entry);
            }
        }

        return byName;
    }
}
