using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ReproGate;

/// <summary>Every rule: the single source of ids, titles and default severities. Rule pages, README table and tests follow it. A file for each gate.</summary>
public static partial class RuleCatalog
{
    private static readonly FrozenDictionary<string, Rule> ById;

    // A constructor runs after the fields of every part have their values; initialisers of different files have no order.
    static RuleCatalog()
    {
        All =
        [
            .. typeof(RuleCatalog).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
                .Where(static field => field.FieldType == typeof(Rule))
                .Select(static field => (Rule)field.GetValue(null)!)
                .OrderBy(static rule => rule.Id, StringComparer.Ordinal),
        ];
        ById = All.ToFrozenDictionary(static rule => rule.Id, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All rules, ordered by id.</summary>
    public static ImmutableArray<Rule> All { get; }

    /// <summary>Finds a rule by id, ignoring case; null where no such rule exists.</summary>
    public static Rule? Find(string id) => ById.GetValueOrDefault(id);
}
