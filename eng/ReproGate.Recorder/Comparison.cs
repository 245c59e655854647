using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;

namespace ReproGate.Recorder;

/// <summary>Compares the keys of a run with those the pass finds in the code of the executable and of its project references.</summary>
internal static class Comparison
{
    /// <summary>Prints the figures and each difference; 1 where a promised figure is not met.</summary>
    public static int Print(string assembly, AskedKeys asked)
    {
        ExecutableConfiguration code = ProjectAssemblies.Link(assembly);
        ConfigurationRead[] reads = [.. code.Reads.Where(static read => read.Kind != ReadKind.EnvironmentVariable && read.Key.Length > 0)];
        // The hosts and their libraries ask for much that no application declares; the pass has these as data.
        string[] own = [.. asked.Values.Where(static key => !HostKeys.Has(key))];
        string[] missed = [.. own.Where(key => !reads.Any(read => JudgedApp.Takes(read, key) || KeyPattern.IsBelow(read.Key, key)) && !code.Unresolved.Any(read => read.Pattern is { } pattern && KeyPattern.Overlaps(pattern, key)))];
        string[] known = [.. reads.Where(static read => read.Origin == "code" && !HostKeys.Has(read.Key)).Select(static read => read.Key).Distinct(StringComparer.OrdinalIgnoreCase)];
        // Of a section that a library takes whole, what is asked lies below it.
        HashSet<string> whole = new(reads.Where(static read => read.WholeSection).Select(static read => read.Key), StringComparer.OrdinalIgnoreCase);
        string[] unseen = [.. known.Where(key => !asked.Values.Concat(asked.Sections).Any(other => KeyPattern.Overlaps(key, other) || (whole.Contains(key) && KeyPattern.IsBelow(other, key))))];
        Console.WriteLine($"{code.Name}: {asked.Values.Count} keys asked for, {asked.Values.Count - own.Length} of them the hosts' own");
        Console.WriteLine($"  found in the code: {own.Length - missed.Length} of {own.Length} ({Share(own.Length - missed.Length, own.Length):P1})");
        Console.WriteLine($"  asked for in the run: {known.Length - unseen.Length} of {known.Length} keys in the code ({Share(known.Length - unseen.Length, known.Length):P1})");
        foreach (string key in missed)
        {
            Console.WriteLine($"  only in the run   {key}");
        }

        foreach (string key in unseen)
        {
            Console.WriteLine($"  only in the code  {key}  {string.Join(", ", reads.Where(read => read.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Select(static read => $"{read.Member} {read.Location}").Take(2))}");
        }

        return Share(own.Length - missed.Length, own.Length) >= 0.98 && Share(known.Length - unseen.Length, known.Length) >= 0.95 ? 0 : 1;
    }

    private static double Share(int part, int whole) => whole == 0 ? 1 : (double)part / whole;
}
