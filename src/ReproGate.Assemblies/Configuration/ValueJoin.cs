using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;
using static ReproGate.Assemblies.Configuration.AddressValue;
using static ReproGate.Assemblies.Configuration.Unfollowed;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Joins what several ways into a block, or several returns of a method, bring.</summary>
internal sealed class ValueJoin(Effort effort)
{
    private const int MaximumChoices = 16;

    private readonly Cell[] _joined = new Cell[2 * MaximumChoices];
    private Dictionary<(CodeValue, CodeValue), CodeValue> _merged = new(SameValues.Instance);

    /// <summary>The choices made in this method that hold the result of a call.</summary>
    public List<ChoiceValue> Choices { get; } = [];

    /// <summary>Whether a choice of the method was cut off: then a value that is known may be met as new again.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Goes to another method.</summary>
    public void Begin()
    {
        WasCut = false;
        Choices.Clear();
        if (_merged.Count > MethodEvaluator.ManyEntries)
        {
            _merged = new(SameValues.Instance);
        }
        else
        {
            _merged.Clear();
        }
    }

    /// <summary>Adds a value to what is known.</summary>
    /// <returns>Whether more is known now.</returns>
    public bool Merge(ref CodeValue known, CodeValue added)
    {
        if (ReferenceEquals(known, added) || ReferenceEquals(added, Unset))
        {
            return false;
        }

        if (ReferenceEquals(known, Unset))
        {
            known = added;
            return true;
        }

        if (IsAddress(known) || IsAddress(added))
        {
            return false;
        }

        // A loop meets what it knows already over and over.
        if (HoldsAll(known, added))
        {
            return false;
        }

        int choices = known is ChoiceValue { Values.Length: var few } ? few : 1;
        int more = added is ChoiceValue { Values.Length: var others } ? others : 1;
        effort.Spend(choices + more);
        if (_merged.TryGetValue((known, added), out CodeValue? result))
        {
            known = result;
            return true;
        }

        int count = AddNew(AddNew(0, known), added);
        if (count > MaximumChoices)
        {
            if (choices >= MaximumChoices)
            {
                return false;
            }

            WasCut = true;
            count = MaximumChoices;
            _joined[count - 1].Value = TooDeep;
        }

        result = Choice(count);
        _merged[(known, added)] = result;
        known = result;
        return true;
    }

    private CodeValue Choice(int count)
    {
        bool hasCall = false;
        var all = new CodeValue[count];
        for (int i = 0; i < count; i++)
        {
            CodeValue value = _joined[i].Value;
            if (value.Depth >= CodeValue.MaximumDepth)
            {
                WasCut = true;
                return TooDeep;
            }

            all[i] = value;
            hasCall |= value is CallValue;
        }

        var choice = new ChoiceValue(all);
        if (hasCall)
        {
            Choices.Add(choice);
        }

        return choice;
    }

    private int AddNew(int count, CodeValue value)
    {
        if (value is not ChoiceValue { Values: var values })
        {
            return AddOne(count, value);
        }

        foreach (CodeValue one in values)
        {
            count = AddOne(count, one);
        }

        return count;
    }

    // There are few, so looking through them is cheaper than a set.
    private int AddOne(int count, CodeValue value)
    {
        for (int i = 0; i < count; i++)
        {
            if (ReferenceEquals(_joined[i].Value, value))
            {
                return count;
            }
        }

        _joined[count].Value = value;
        return count + 1;
    }

    private static bool HoldsAll(CodeValue known, CodeValue added)
    {
        if (added is not ChoiceValue more)
        {
            return Holds(known, added);
        }

        foreach (CodeValue value in more.Values)
        {
            if (!Holds(known, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(CodeValue known, CodeValue value)
    {
        if (known is not ChoiceValue { Values: var values })
        {
            return ReferenceEquals(known, value);
        }

        foreach (CodeValue one in values)
        {
            if (ReferenceEquals(one, value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Values are told apart by object.</summary>
    private sealed class SameValues : IEqualityComparer<(CodeValue Known, CodeValue Added)>
    {
        public static readonly SameValues Instance = new();

        public bool Equals((CodeValue Known, CodeValue Added) x, (CodeValue Known, CodeValue Added) y) => ReferenceEquals(x.Known, y.Known) && ReferenceEquals(x.Added, y.Added);

        public int GetHashCode((CodeValue Known, CodeValue Added) obj) => (obj.Known.GetHashCode() * 31) + obj.Added.GetHashCode();
    }
}
