namespace ReproGate.Bench;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Sizes">Numbers of projects of generated solutions; none where a repository is given.</param>
/// <param name="Rounds">How many rounds count.</param>
/// <param name="Scenarios">Keys of scenarios; empty for all.</param>
/// <param name="With">Keys of what is measured beside the gate.</param>
/// <param name="Output">Folder of the table and the plot.</param>
internal sealed record Choice(int[] Sizes, int Rounds, string[] Scenarios, string[] With, string Output)
{
    /// <summary>Both builds of a pair at the same time, each on one processor.</summary>
    public bool SideBySide { get; init; }

    /// <summary>Every build in one node and on one processor, in turn.</summary>
    public bool OneNode { get; init; }

    /// <summary>What of a build is the gate's is taken from logs of builds in one node, too; no pairs where no round is asked for.</summary>
    public bool Parts { get; init; }

    /// <summary>How many builds of each kind are taken apart; the least counts.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>The path of a repository to measure instead of generated solutions; null for none.</summary>
    public string? Repository { get; init; }

    /// <summary>The repository's solution, relative to it.</summary>
    public string Solution { get; init; } = "";

    /// <summary>A C# file of the repository to change; null leaves that scenario out.</summary>
    public string? Changed { get; init; }

    /// <summary>Further arguments of each build of the repository.</summary>
    public string[] BuildArguments { get; init; } = [];

    /// <summary>For each size, or for the repository, what builds its solutions: the plain one first, then the gated one, then the others.</summary>
    public IEnumerable<Func<(Variant Variant, Subject Solution)[]>> Subjects()
    {
        if (Repository is not null)
        {
            // What a neighbour sets, the repository's own files may set otherwise.
            return [() => [.. new[] { Variant.Plain, Variant.ReproGate }.Concat(Variant.Others.Where(variant => variant.Sdk is not null && With.Contains(variant.Key))).Select(variant => (variant, (Subject)GivenRepository.Create(Repository, Solution, Changed, BuildArguments, variant)))]];
        }

        // Without pairs there is nothing to compare with.
        Variant[] variants = Rounds == 0 ? [Variant.ReproGate] : [Variant.Plain, Variant.ReproGate, .. Variant.Others.Where(variant => With.Contains(variant.Key))];
        return Sizes.Select<int, Func<(Variant, Subject)[]>>(size => () => [.. variants.Select(variant => (variant, (Subject)BenchSolution.Create(size, variant, compilerServer: Rounds == 0)))]);
    }
}
