using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages;
using ReproGate.Gates.Packages.Names;
using ReproGate.NuGet.Feeds;
using ReproGate.Repository;

namespace ReproGate.Tasks;

/// <summary>What the checks of packages that are new to the commit share: how they are judged, and what becomes of a look that got no answer.</summary>
public abstract class NewPackagesTask : FeedTask
{
    private bool _settled = true;

    public bool IsRestoring { get; set; }

    /// <summary>Written in a restore whose look got no answer: the build right behind it need not wait for the same again.</summary>
    public string AskedMarker { get; set; } = "";

    /// <inheritdoc />
    protected internal override bool IsSettled => _settled;

    /// <summary>Looks packages up and judges them by the rules that hold before restore.</summary>
    /// <param name="asked">The packages.</param>
    /// <param name="options">The sources to ask.</param>
    /// <param name="judged">Ids that are new themselves, in whatever kind: nothing may be trusted for being like them.</param>
    /// <param name="declared">Ids that the repository declares.</param>
    /// <param name="tools">Those of them that are .NET tools.</param>
    /// <param name="committed">What the commit has.</param>
    /// <param name="found">What was learned; empty where nobody could be asked.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected List<Finding> Judge(List<NewPackage> asked, FeedOptions options, IReadOnlySet<string> judged, IEnumerable<string> declared, IEnumerable<string> tools, CommittedPackages committed, out ImmutableArray<LookedUpPackage> found)
    {
        found = [];
        FeedLooks? looks = FeedLooks.Open(this, options, Cancellation, out Finding? fault);
        if (looks is null)
        {
            return [fault!];
        }

        found = looks.Look(asked);
        var known = new KnownNames(
            [.. declared.Where(id => !judged.Contains(id)).Distinct(StringComparer.OrdinalIgnoreCase)],
            [.. committed.Ids],
            [.. looks.PackagesFolder().Where(id => !judged.Contains(id))])
        {
            Tools = [.. tools.Where(id => !judged.Contains(id)).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
        return looks.Judge(found, known, Policy());
    }

    /// <summary>The ids that are new, of all packages a check asks about.</summary>
    private protected static IReadOnlySet<string> NewIds(IEnumerable<NewPackage> packages) =>
        packages.Where(static package => package.IsIdNew).Select(static package => package.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers whether everything was answered, and gives the findings back.</summary>
    private protected List<Finding> Settle(List<Finding> findings)
    {
        _settled = !findings.Exists(static finding => finding.Rule == RuleCatalog.CheckCouldNotRun);
        if (!_settled && IsRestoring && AskedMarker.Length > 0)
        {
            AtomicFile.WriteAllText(AskedMarker, "");
        }

        return findings;
    }
}
