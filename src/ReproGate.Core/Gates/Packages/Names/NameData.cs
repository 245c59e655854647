namespace ReproGate.Gates.Packages.Names;

/// <summary>The data files that this assembly carries: comment lines start with #, and the rest is one entry a line.</summary>
internal static class NameData
{
    public static IEnumerable<string> Lines(string name)
    {
        using Stream stream = typeof(NameData).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
